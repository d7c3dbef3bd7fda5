"""Scores and differences as people read them, the same in the terminal's table and on the screen."""

from __future__ import annotations

from typing import Literal

from slt_tui.comparison.scores import MetricScores, Score, direction
from slt_tui.readable import FRACTIONS, NOTHING, score, title


def metric_title(scores: MetricScores) -> str:
    """Whose metric, and which."""
    return f"{scores.part} {title(scores.metric)}".strip()


def better_text(metric: str) -> str:
    """Which way is better, where that can be said."""
    better = direction(metric)
    return f"{better} is better" if better else ""


def value_text(metric: str, one: Score) -> str:
    """A score."""
    return NOTHING if one.value is None else score(metric, one.value)


def place_text(one: Score) -> str:
    """The epoch or step of a score."""
    return "" if one.place is None else f"{one.place:,.0f}"


def delta_text(metric: str, one: Score) -> str:
    """A difference with its sign: of error rates in points of a percent."""
    if one.delta is None:
        return ""
    if one.verdict == "same" or one.delta == 0:
        return "="
    delta = 100 * one.delta if metric in FRACTIONS else one.delta
    text = f"{abs(delta):.1f}" if metric in FRACTIONS else f"{abs(delta):.3g}"
    return f"{'+' if delta > 0 else '-'}{text}"


def verdict_colour(one: Score) -> Literal["green", "red", ""]:
    """The colour that goes with the word."""
    return {"better": "green", "worse": "red"}.get(one.verdict, "")  # type: ignore[return-value]
