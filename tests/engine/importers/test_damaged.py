"""Times that a spreadsheet has been through."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slt_engine.importers.damaged import Span, read_span, readings


def spreadsheet(value: float) -> str:
    """What a spreadsheet of another country makes of Python's text of ``value``: 15 digits, points every three."""
    digits = repr(value).replace(".", "")
    digits = digits[:15] + "0" * (len(digits) - 15)
    return f"{int(digits):,}".replace(",", ".")


def is_recognised(value: float) -> bool:
    """Few digits leave no more than one point, and such a number looks whole: 1.25 becomes 125."""
    return spreadsheet(value).count(".") >= 2


def test_a_damaged_number_may_be_any_of_its_places() -> None:
    assert 6.85 in readings("6.850.000.000.000.020")
    assert {2.88, 28.8} <= set(readings("28.799.999.999.999.900"))


def test_a_plain_number_is_itself() -> None:
    assert readings("12.5") == (12.5,)
    assert readings("12,5") == (12.5,)
    assert readings("1.234") == (1.234,)


@pytest.mark.parametrize("text", ["", "soon", "nan", "-3", "1e9", "1,2,3"])
def test_what_is_no_time_has_no_reading(text: str) -> None:
    assert readings(text) == ()


def test_a_damaged_end_is_the_one_that_makes_a_clip() -> None:
    assert read_span("120.3", "1.252.999.999.999.990") == Span(120.3, 125.3)


def test_the_duration_settles_between_two_readings() -> None:
    assert read_span("1.5", "43.799.999.999.999.900", "28.799.999.999.999.900") == Span(1.5, 4.38)


def test_what_stays_ambiguous_is_told_and_not_guessed() -> None:
    told = read_span("1.5", "43.799.999.999.999.900")
    assert isinstance(told, str)
    assert "readings" in told


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [("", "3", "start is empty"), ("2", "x", "no number"), ("5", "3", "not after its start")],
)
def test_times_that_tell_no_span_say_why(start: str, end: str, reason: str) -> None:
    told = read_span(start, end)
    assert isinstance(told, str)
    assert reason in told


@given(st.floats(1.001, 3000))
def test_the_true_value_is_among_the_readings_of_a_damaged_one(value: float) -> None:
    assume(is_recognised(value))
    assert any(abs(reading - value) <= 0.001 for reading in readings(spreadsheet(value)))


@given(st.floats(1.001, 3000), st.floats(0.3, 20))
def test_a_damaged_end_is_read_right_or_the_row_is_refused(start_s: float, length_s: float) -> None:
    """A refusal is right only where two readings make a clip of that length."""
    end_s, start = start_s + length_s, round(start_s, 3)
    assume(is_recognised(end_s))
    damaged = spreadsheet(end_s)
    told = read_span(repr(start), damaged, repr(length_s))
    if isinstance(told, Span):
        assert told.end_s == pytest.approx(end_s, abs=0.01)
    else:
        close = [end for end in readings(damaged) if abs(end - start - length_s) <= 0.03]
        assert len(close) > 1, told
