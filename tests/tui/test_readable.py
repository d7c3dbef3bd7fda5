"""Numbers and times as people read them."""

from __future__ import annotations

import math

import pytest

from slt_tui.pace import Pace
from slt_tui.readable import age, clock, finite, number, score, size, title


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("cer", 0.1234, "12.3 %"),
        ("wer", 1.5, "150.0 %"),
        ("bleu", 23.456, "23.5"),
        ("loss", 1.23456, "1.235"),
        ("loss", 0.012345, "0.01235"),
        ("perplexity", 123.456, "123.5"),
        ("perplexity", 12345.6, "12346"),
        ("loss", 1e7, "1.0e+07"),
        ("loss", 0, "0"),
        ("loss", None, "-"),
        ("loss", math.nan, "-"),
        ("loss", "high", "-"),
        ("loss", True, "-"),
    ],
)
def test_a_score_is_short(name: str, value: object, text: str) -> None:
    assert score(name, value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (754, "12:34"), (3723, "1:02:03"), (183_840, "2 d 03:04"), (-5, "0:00")],
)
def test_a_duration_is_counted(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "now"), (59, "now"), (60, "1 min"), (7199, "1 h"), (200_000, "2 d")]
)
def test_an_age_has_one_unit(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 KB"), (96e6, "96 MB"), (2e12, "2.0 TB")]
)
def test_bytes_are_told_in_their_unit(amount: float, text: str) -> None:
    assert size(amount) == text


def test_a_metric_that_nobody_knows_has_its_own_name() -> None:
    assert (title("cer"), title("loss_ctc")) == ("CER", "loss ctc")
    assert number(0.00001) == "1.0e-05"


def test_the_pace_is_that_of_the_last_moments_and_the_rest_is_reckoned_from_the_whole() -> None:
    pace = Pace()
    assert pace.steps_per_s is None
    assert pace.seconds_left(100, now=0) is None
    for second in range(0, 100):
        pace.take(float(second), 2 * second)
    for second in range(140, 161):  # forty seconds of validation lie between
        pace.take(float(second), 200 + 2 * (second - 140))
    assert pace.steps_per_s == pytest.approx(2.0)
    assert pace.seconds_left(480, now=160.0) == pytest.approx(160.0)
    assert pace.seconds_left(480, now=170.0) == pytest.approx(150.0)
    assert pace.seconds_left(480, now=1e6) == 0


def test_the_pace_forgets_an_earlier_session() -> None:
    pace = Pace()
    for moment, step in [(0.0, 10), (1.0, 20), (5000.0, 21), (5001.0, 22)]:
        pace.take(moment, step)
    assert pace.steps_per_s == pytest.approx(1.0)
    pace.take(5002.0, 5)
    assert pace.steps_per_s is None


def test_the_pace_is_not_confused_by_the_same_step_or_a_late_word() -> None:
    pace = Pace()
    for moment, step in [(0.0, 0), (1.0, 1), (2.0, 1), (0.5, 1), (3.0, 3)]:
        pace.take(moment, step)
    assert pace.steps_per_s == pytest.approx(1.0)


def test_a_number_too_large_to_show_is_none() -> None:
    assert finite(10**400) is None  # as JSON may hold it
    assert finite(math.nan) is None
    assert finite(3) == 3
