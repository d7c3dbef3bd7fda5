"""What of the data is shown, and axes that stay where they are."""

from __future__ import annotations

import numpy as np
import pytest

from slt_tui.chart.limits import level_axis, place_axis, whole_range
from slt_tui.chart.reading import snapped, stepped, value_at
from slt_tui.chart.reduce import columns
from slt_tui.chart.scale import Scale, axis
from slt_tui.chart.view import View
from tests.support.points import line, points

WHOLE = Scale(0.0, 100.0)


def test_zooming_keeps_the_place_where_it_is() -> None:
    near = View().zoomed(2.0, 25.0, WHOLE)
    assert near.x == (12.5, 62.5)
    assert near.zoomed(0.5, 25.0, WHOLE).x is None


def test_zooming_ends_where_numbers_do() -> None:
    view = View()
    for _ in range(100):
        view = view.zoomed(2.0, 25.0, WHOLE)
    assert view.x
    assert 0 < view.x[1] - view.x[0] < 1e-3


def test_panning_stops_at_the_ends() -> None:
    near = View((40.0, 60.0))
    assert near.panned(0.5, WHOLE).x == (50.0, 70.0)
    assert near.panned(-9.0, WHOLE).x == pytest.approx((0.0, 20.0))
    assert View().panned(0.5, WHOLE).x is None


def test_in_a_logarithm_one_zooms_by_decades() -> None:
    view = View(x_log=True).zoomed(2.0, 100.0, Scale(1.0, 10_000.0, log=True))
    assert view.x == pytest.approx((10.0, 1000.0))


def test_a_selection_may_be_drawn_from_right_to_left() -> None:
    assert View().selected(70.0, 20.0, WHOLE).x == View().selected(20.0, 70.0, WHOLE).x == (20.0, 70.0)


def test_the_axis_below_grows_in_steps_that_are_seldom() -> None:
    ends = {place_axis(1.0, float(last), log=False).high for last in range(1000, 2000)}
    assert len(ends) <= 20
    assert all(place_axis(1.0, last, log=False).high >= last for last in (2.0, 20.0, 999.5, 1e9))
    assert place_axis(1.0, 20.0, log=False) == Scale(1.0, 20.0)


def test_the_axis_of_values_stands_still_while_the_lowest_falls_a_little() -> None:
    def of(lowest: float) -> Scale | None:
        x, y = np.arange(3.0), np.array([4.0, 2.0, lowest])
        return level_axis([columns(x, y, axis(0.0, 2.0), 9)], 5, log=False)

    assert of(0.40) == of(0.31) == of(0.26)
    assert of(-1.0) != of(0.4)


def test_the_whole_goes_from_the_first_point_of_any_line_to_the_last() -> None:
    lines = [line([1.0, 2.0], first=5.0), line([1.0], first=-3.0), line([])]
    assert whole_range(lines, log=False) == (-3.0, 6.0)
    assert whole_range(lines, log=True) == (5.0, 6.0)
    assert whole_range([line([])], log=False) is None


def test_a_value_is_read_at_the_nearest_point_and_nowhere_beyond_the_ends() -> None:
    of = points([1, 2, 4], [10.0, float("nan"), 40.0])
    assert [value_at(of, place) for place in (0.9, 1.0, 1.4, 2.4, 3.5, 4.0, 4.1)] == [
        None, 10.0, 10.0, None, 40.0, 40.0, None,
    ]  # fmt: skip


def test_the_crosshair_goes_to_points_of_any_line() -> None:
    lines = [line([0.0, 0.0, 0.0]), line([0.0, 0.0], first=1.4)]
    assert snapped(lines, 2.3) == 2.4
    assert stepped(lines, 1.0, 1.001) == 1.4
    assert stepped(lines, 3.0, 2.9) == 2.4
    assert stepped(lines, 3.0, 3.1) == 3.0
    assert snapped([line([])], 1.0) is None
