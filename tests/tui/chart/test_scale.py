"""Scales: cells rise with the values, whatever the numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_tui.chart.scale import Scale, axis

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(numbers, numbers, st.lists(numbers, min_size=1), st.booleans(), st.integers(1, 400))
def test_the_cell_never_falls_where_the_value_rises(
    one: float, other: float, values: list[float], log: bool, count: int
) -> None:
    scale = axis(min(one, other), max(one, other), log=log)
    cells = scale.cells(np.array(sorted(values)), count)
    assert (np.diff(cells) >= 0).all()


@given(numbers, numbers, st.booleans(), st.integers(1, 400))
def test_both_ends_of_an_axis_are_on_it(one: float, other: float, log: bool, count: int) -> None:
    scale = axis(min(one, other), max(one, other), log=log)
    assert scale.low < scale.high
    assert scale.cells(np.array([scale.low, scale.high]), count).tolist() == [0, count - 1]


@pytest.mark.parametrize(("value", "cell"), [(1.0, 0), (9.99, 0), (10.0, 1), (99.9, 1), (1000.0, 2)])
def test_decades_are_equally_long_in_a_logarithm(value: float, cell: int) -> None:
    assert Scale(1.0, 1000.0, log=True).cells(np.array([value]), 3).tolist() == [cell]


def test_values_outside_lie_in_proportion_and_never_inside() -> None:
    cells = Scale(0.0, 1.0).cells(np.array([-1.0, -1e-300, 1.0 + 1e-15, 2.0, 1e300]), 10).tolist()
    assert cells[:4] == [-10, -1, 10, 20]
    assert cells[4] > 1000


@pytest.mark.parametrize("log", [False, True])
def test_a_share_and_the_value_there_are_each_others_way_back(log: bool) -> None:
    scale = Scale(0.5, 800.0, log=log)
    assert math.isclose(scale.share(scale.at(0.3)), 0.3)
    assert scale.part(0.25, 0.5).low == pytest.approx(scale.at(0.25))
