"""What a chart of runs shows of a metric: which series, under which names, in which colours, how smooth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from slt_tui.chart.line import Line
from slt_tui.curves.settings import Settings
from slt_tui.palette import SERIES, SERIES_LIGHT, series_mark
from slt_tui.series import Axis, Grain, Points, RunSeries, SeriesKey, Smoother

_SHADE = 0.45
_NO_POINTS = Points(np.empty(0), np.empty(0))


class CurveRun(NamedTuple):
    """A run among the curves."""

    name: str
    series: RunSeries
    colour: str


@dataclass
class _Kept:
    """A smoothed series as it was last given, and what it was smoothed from."""

    version: int
    smoother: Smoother
    raw: NDArray[np.float64]
    smooth: NDArray[np.float64]


class Smoothed:
    """Smoothed series; of one that has grown only what is new is smoothed."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, SeriesKey, Axis], _Kept] = {}

    def points(self, series: RunSeries, key: SeriesKey, axis: Axis, weight: float) -> Points:
        """The series, smoothed."""
        raw, place = series.points(key, axis), (id(series), key, axis)
        kept = self._kept.get(place)
        if kept is None or kept.smoother.weight != weight or not _goes_on(kept, raw.y, series.version):
            nothing = np.empty(0)
            kept = self._kept[place] = _Kept(series.version, Smoother(weight), nothing, nothing)
        if len(raw.y) > len(kept.raw):
            kept.smooth = np.append(kept.smooth, kept.smoother.extend(raw.y[len(kept.raw) :]))
            kept.raw = raw.y.copy()
        kept.version = series.version
        return Points(raw.x, kept.smooth)


def _goes_on(kept: _Kept, now: NDArray[np.float64], version: int) -> bool:
    """Whether what was smoothed is still there: a resumed run writes later steps again."""
    if kept.version == version:
        return True
    again = np.ascontiguousarray(now[: len(kept.raw)])
    return len(again) == len(kept.raw) and bool((again.view(np.int64) == kept.raw.view(np.int64)).all())


def metrics_of(runs: Sequence[CurveRun]) -> list[str]:
    """Every metric of any run, those of the first run first."""
    return list(dict.fromkeys(metric for run in runs for metric in run.series.metrics))


def lines_of(
    runs: Sequence[CurveRun],
    metric: str,
    settings: Settings,
    smoothed: Smoothed,
    *,
    first: Grain = "step",
) -> list[Line]:
    """The lines of a metric: of series by steps and by epochs, those of the ``first`` grain where there are such.

    Series of epochs are smoothed only where none of steps is shown.
    """
    shown = [(run, key) for run in runs for key in _keys(run.series, metric, settings, first)]
    has_steps = any(key.grain == "step" for _, key in shown)
    lines: list[Line] = []
    for run, key in shown:
        weight = settings.smoothing if key.grain == "step" or not has_steps else 0.0
        look = _look_alone(run, key) if len(runs) == 1 else _look_beside(run, key, lines)
        raw = run.series.points(key, settings.axis)
        points = smoothed.points(run.series, key, settings.axis, weight) if weight else raw
        lines.append(
            replace(
                look,
                points=points,
                ghost=raw if weight else None,
                glyph=series_mark(len(lines)),
                dots=key.grain == "epoch",
            )
        )
    return lines


def _keys(series: RunSeries, metric: str, settings: Settings, first: Grain) -> Iterator[SeriesKey]:
    """A series for each part: one that can be drawn along the axis."""
    keys = [key for key in series.keys if key.metric == metric and len(series.points(key, settings.axis).x)]
    for part in ("train", "", "val"):
        if part and settings.parts not in (part, "both"):
            continue
        grains = {key.grain: key for key in keys if key.part == part}
        found = grains.get(first) or next(iter(grains.values()), None)
        if found:
            yield found


def _look_alone(run: CurveRun, key: SeriesKey) -> Line:
    """The only run's lines are named after their part, and validation has a colour of its own."""
    colour = run.colour
    if colour in SERIES_LIGHT:  # a chart darkens what is on a light ground by itself
        colour = SERIES[SERIES_LIGHT.index(colour)]
    if key.part == "val" and colour in SERIES:
        colour = SERIES[(SERIES.index(colour) + 1) % len(SERIES)]
    return Line(key.part, _NO_POINTS, colour)


def _look_beside(run: CurveRun, key: SeriesKey, before: Sequence[Line]) -> Line:
    """Beside other runs the lines of one have its colour, validation another shade; the legend names it once."""
    is_named = any(line.legend == run.name for line in before)
    return Line(
        f"{run.name} {key.part}".rstrip(),
        _NO_POINTS,
        run.colour,
        legend=key.part if is_named else run.name,
        is_second=is_named,
        shade=_SHADE if key.part == "val" else 0.0,
    )
