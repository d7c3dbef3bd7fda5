"""Scores of runs side by side: the last, the best and the one at a step or epoch, each against one run's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from slt_tui.series import Axis, Grain, Part, Points, RunSeries, SeriesKey, higher_is_better
from slt_tui.series.keys import in_usual_order

Verdict = Literal["better", "worse", "same", ""]
USUAL = ("loss", "perplexity", "cer", "wer", "bleu", "chrf", "gloss_wer")
_LOWER = re.compile(r"(^|[/_])(loss|perplexity|ppl|[cwt]er|error|mae|mse|rmse|nll|fid)")
_SAME = 1e-12


class At(NamedTuple):
    """A place to compare at: the latest value there or before."""

    axis: Axis
    place: float


class Score(NamedTuple):
    """A value, where it stands on ``axis``, and how it compares to the baseline's."""

    value: float | None = None
    place: float | None = None
    axis: Axis = "epoch"
    delta: float | None = None
    verdict: Verdict = ""


class RunScores(NamedTuple):
    """One run's scores in one metric; ``at`` is empty where no place was asked for."""

    last: Score = Score()
    best: Score = Score()
    at: Score = Score()


class MetricScores(NamedTuple):
    """One metric of one part of the data: a row a run, in the order of the runs."""

    metric: str
    part: Part
    rows: list[RunScores]


def compare_scores(
    runs: Sequence[RunSeries], *, metrics: Sequence[str] = (), at: At | None = None, baseline: int = 0
) -> list[MetricScores]:
    """The metrics asked for, "val.cer" or just "cer"; else the usual ones and the scores of validation, or all
    where no run has those."""
    found = metric_parts(runs)
    wanted = [pair for pair in found if _is_wanted(pair, metrics)]
    return [
        MetricScores(
            metric, part, _against([_scores(run, metric, part, at) for run in runs], metric, baseline)
        )
        for metric, part in (wanted or ([] if metrics else found))
    ]


def metric_parts(runs: Iterable[RunSeries]) -> list[tuple[str, Part]]:
    """Every metric and part that any run has, the usual first, validation before training."""
    keys = {SeriesKey(key.metric, key.part, "epoch") for run in runs for key in run.keys}
    ordered = sorted(keys, key=lambda key: (in_usual_order(key)[:2], _PARTS.index(key.part)))
    return [(key.metric, key.part) for key in ordered]


def direction(metric: str) -> Literal["higher", "lower", ""]:
    """Whether higher or lower is better; nothing where that cannot be said, as of a learning rate."""
    if higher_is_better(metric):
        return "higher"
    return "lower" if _LOWER.search(metric.lower()) else ""


def verdict_on(metric: str, delta: float | None) -> Verdict:
    """Whether a difference to the baseline is a gain."""
    better = direction(metric)
    if delta is None or not better:
        return ""
    if abs(delta) < _SAME:
        return "same"
    return "better" if (delta > 0) == (better == "higher") else "worse"


def against(metric: str, mine: Score, base: Score) -> Score:
    """A score with its difference to the baseline's, where both have a value."""
    if mine.value is None or base.value is None:
        return mine
    delta = mine.value - base.value
    return mine._replace(delta=delta, verdict=verdict_on(metric, delta))


def value_at(points: Points, place: float) -> tuple[float, float] | None:
    """The latest value at ``place`` or before it, and where it stands."""
    end = int(np.searchsorted(points.x, place, side="right"))
    return _last(Points(points.x[:end], points.y[:end]))


def _scores(run: RunSeries, metric: str, part: Part, at: At | None) -> RunScores:
    key = _key(run, metric, part)
    if key is None:
        return RunScores()
    axis: Axis = key.grain
    points = run.points(key, axis)
    there = value_at(run.points(key, at.axis), at.place) if at else None
    return RunScores(
        _score(_last(points), axis),
        _score(run.best(key) if direction(metric) else None, axis),
        _score(there, at.axis) if at else Score(),
    )


def _key(run: RunSeries, metric: str, part: Part) -> SeriesKey | None:
    """The run's series of that name: an epoch's values where it has them, else the steps'."""
    keys = (SeriesKey(metric, part, grain) for grain in _GRAINS)
    return next((key for key in keys if key in run.keys), None)


def _score(found: tuple[float, float] | None, axis: Axis) -> Score:
    return Score(found[0], found[1], axis) if found else Score()


def _last(points: Points) -> tuple[float, float] | None:
    known = np.flatnonzero(np.isfinite(points.y[-_TAIL:]))
    if not len(known) and len(points.y) > _TAIL:
        known = np.flatnonzero(np.isfinite(points.y))
        return _at(points, int(known[-1])) if len(known) else None
    return _at(points, max(0, len(points.y) - _TAIL) + int(known[-1])) if len(known) else None


def _at(points: Points, index: int) -> tuple[float, float]:
    return float(points.y[index]), float(points.x[index])


def _against(rows: list[RunScores], metric: str, baseline: int) -> list[RunScores]:
    base = rows[baseline]
    return [
        row
        if place == baseline
        else RunScores(*(against(metric, mine, other) for mine, other in zip(row, base, strict=True)))
        for place, row in enumerate(rows)
    ]


def _is_wanted(pair: tuple[str, Part], metrics: Sequence[str]) -> bool:
    metric, part = pair
    if not metrics:
        is_score = part == "val" and bool(direction(metric)) and not metric.startswith("loss_")
        return metric in USUAL or is_score
    return metric in metrics or (bool(part) and f"{part}.{metric}" in metrics)


_PARTS = ("val", "train", "")
_GRAINS: tuple[Grain, ...] = ("epoch", "step")
_TAIL = 64  # the last value is most often among these
