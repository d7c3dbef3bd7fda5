"""Ticks are round, and written so that they can be told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_tui.chart.scale import Scale, axis
from slt_tui.chart.ticks import place_ticks, round_ticks, value_ticks


def labels_of(
    low: float, high: float, count: int = 5, metric: str = "loss", *, log: bool = False
) -> list[str]:
    return [tick.label for tick in value_ticks(Scale(low, high, log), count, metric=metric)]


def places_of(low: float, high: float, count: int = 6, axis: str = "step", *, log: bool = False) -> list[str]:
    return [tick.label for tick in place_ticks(Scale(low, high, log), count, axis=axis)]


@pytest.mark.parametrize(
    ("low", "high", "count", "least", "ticks"),
    [
        (0.0, 1.0, 5, 0.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.17, 3.4, 5, 0.0, [1.0, 2.0, 3.0]),
        (1, 3, 8, 1, [1, 2, 3]),
        (5, 5, 8, 1, [5]),
        (-20, 20, 4, 0.0, [-20, -10, 0, 10, 20]),
        (1e-12, 5e-12, 4, 0.0, [1e-12, 2e-12, 3e-12, 4e-12, 5e-12]),
    ],
)
def test_ticks_are_round(low: float, high: float, count: int, least: float, ticks: list[float]) -> None:
    assert round_ticks(low, high, count, least=least) == ticks


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 4.5, ["0", "1", "2", "3", "4"]),
        (0.5, 1.0, ["0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]),
        (0.0, 1e-4, ["0", "2e-5", "4e-5", "6e-5", "8e-5", "1e-4"]),
        (0.0, 5000.0, ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]),
        (1e6, 3e6, ["1e6", "1.5e6", "2e6", "2.5e6", "3e6"]),
    ],
)
def test_levels_have_as_many_decimals_as_they_need(low: float, high: float, labels: list[str]) -> None:
    assert labels_of(low, high) == labels


def test_error_rates_are_in_percent_and_may_pass_a_hundred() -> None:
    assert labels_of(0.0, 1.2, metric="cer") == ["0 %", "50 %", "100 %"]
    assert labels_of(0.01, 1.0, metric="wer", log=True) == ["1 %", "10 %", "100 %"]


def test_a_logarithm_has_decades_and_more_where_there_is_room() -> None:
    assert labels_of(1e-5, 1e3, 9, log=True)[:3] == ["1e-5", "1e-4", "0.001"]
    assert labels_of(0.3, 40.0, 8, log=True) == ["0.5", "1", "2", "5", "10", "20"]
    assert labels_of(1e-12, 1.0, 4, log=True) == ["1e-12", "1e-8", "1e-4", "1"]
    assert labels_of(2.1, 2.9, 4, log=True) == ["2.2", "2.4", "2.6", "2.8"]


def test_steps_and_epochs_are_whole_until_one_looks_between_them() -> None:
    assert places_of(1, 20_000) == ["5,000", "10,000", "15,000", "20,000"]
    assert places_of(1, 3) == ["1", "2", "3"]
    assert places_of(1.0, 1.5) == ["1", "1.1", "1.2", "1.3", "1.4", "1.5"]
    assert places_of(1, 100_000, log=True) == ["1", "10", "100", "1,000", "10,000", "100,000"]


@pytest.mark.parametrize(
    ("high", "labels"),
    [
        (90, ["0 s", "15 s", "30 s", "45 s", "60 s", "75 s", "90 s"]),
        (1_500, ["0 min", "5 min", "10 min", "15 min", "20 min", "25 min"]),
        (9_000, ["0:00 h", "0:30 h", "1:00 h", "1:30 h", "2:00 h", "2:30 h"]),
        (400_000, ["0 d", "1 d", "2 d", "3 d", "4 d"]),
    ],
)
def test_times_are_those_of_a_clock(high: float, labels: list[str]) -> None:
    assert places_of(0.0, high, axis="time") == labels


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(1, 12),
    st.booleans(),
    st.sampled_from(["step", "time"]),
)
def test_whatever_the_axis_its_ticks_are_few_rising_and_on_it(
    one: float, other: float, count: int, log: bool, along: str
) -> None:
    scale = axis(min(one, other), max(one, other), log=log)
    for ticks in (value_ticks(scale, count), place_ticks(scale, count, axis=along)):
        found = [tick.value for tick in ticks]
        room = 1e-9 * max(abs(scale.low), abs(scale.high), scale.high - scale.low)
        assert found == sorted(found)
        assert len(found) <= 3 * count + 3
        assert all(scale.low - room <= tick <= scale.high + room for tick in found)
