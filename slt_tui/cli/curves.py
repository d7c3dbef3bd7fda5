"""A run's curves as text: losses, perplexity and scores of training and validation, a chart each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, TextIO

from slt_engine.run.directory import RunDir, RunError
from slt_tui.comparison.scores import direction
from slt_tui.numbers import loaded
from slt_tui.readable import FRACTIONS, score, title
from slt_tui.series import RunSeries
from slt_tui.terminal import columns, has_colours, has_unicode, painted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

By = Literal["epoch", "step"]
USUAL = ("loss", "perplexity", "cer")
_WIDEST = 160


@dataclass(frozen=True)
class Paper:
    """What the curves are drawn on."""

    width: int
    height: int
    colours: bool
    unicode: bool
    log_scale: bool = False

    @classmethod
    def of(
        cls, stream: TextIO, *, width: int | None = None, height: int = 14, log_scale: bool = False
    ) -> Self:
        """The paper that a stream is."""
        width = width or min(columns(), _WIDEST)
        return cls(width, height, has_colours(stream), has_unicode(stream), log_scale)


@dataclass(frozen=True)
class Curve:
    """One line of a chart: ``part`` is train, val or neither, ``points`` are (epoch or step, value)."""

    part: str
    points: list[tuple[int, float]]


def draw_run(run: RunDir, paper: Paper, *, by: By | None = None, metrics: Sequence[str] | None = None) -> str:
    """The charts of a run, or of another program's file; by steps where nothing is said and no epoch is there.

    Raises RunError where there is nothing to draw.
    """
    series = loaded(run.path)
    grains = {key.grain for key in series.keys}
    by = by or ("epoch" if "epoch" in grains or not grains else "step")
    journal = run.path if run.path.is_file() else run.metrics if by == "epoch" else run.steps
    there = list(dict.fromkeys(key.metric for key in series.keys if key.grain == by))
    if not there:
        raise RunError(f"{journal}: no {by} yet, so there is nothing to draw")
    if missing := [name for name in metrics or () if name not in there]:
        raise RunError(f"{journal}: no {', '.join(missing)} in it; there is {', '.join(there)}")
    wanted = metrics or [name for name in USUAL if name in there] or there[: len(USUAL)]
    curves = {name: list(_curves(series, name, by)) for name in wanted}
    return "\n\n".join(draw_chart(name, drawn, paper) for name, drawn in curves.items() if drawn)


def draw_chart(name: str, curves: Sequence[Curve], paper: Paper) -> str:
    """One metric's curves below a line with their last and best values."""
    heading = "   ".join([title(name), *(_caption(name, curve, paper) for curve in curves)])
    return f"{heading}\n{_plot(name, curves, paper)}"


def _curves(series: RunSeries, name: str, by: By) -> Iterator[Curve]:
    for key in series.keys:
        if (key.metric, key.grain) == (name, by):
            pairs = zip(*map(_listed, series.points(key, by)), strict=True)
            if points := [(round(place), value) for place, value in pairs if math.isfinite(value)]:
                yield Curve(key.part, points)


def _listed(values: NDArray[np.float64]) -> list[float]:
    numbers: list[float] = values.tolist()
    return numbers


def _caption(name: str, curve: Curve, paper: Paper) -> str:
    label = f"{_marker(curve, paper) if len(_marker(curve, paper)) == 1 else '━'} {curve.part}".rstrip()
    place, last = curve.points[-1]
    best, better = last, direction(name)
    if better:
        place, best = (max if better == "higher" else min)(curve.points, key=_value)
    values = (
        score(name, last) if last == best else f"{score(name, last)} (best {score(name, best)} at {place:,})"
    )
    return f"{painted(label, _COLOURS[curve.part]) if paper.colours else label} {values}"


def _plot(name: str, curves: Sequence[Curve], paper: Paper) -> str:
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(paper.width, paper.height)
    _mark_axes(figure, name, curves, log_scale=paper.log_scale)
    for curve in curves:
        points = _reduced(curve.points, paper.width)
        marker = plotext.marker(_marker(curve, paper), pixel=plotext.pixel(_COLOURS[curve.part]))
        signal = figure.signal(*zip(*points, strict=True), marker=marker)
        figure.draw(signal.lines(_marker(curve, paper) != _DOT))
    text: str = figure.build().string(colorless=not paper.colours).rstrip("\n")
    return text if paper.unicode else text.translate(_ASCII_FRAME)


def _marker(curve: Curve, paper: Paper) -> str:
    """Two curves differ by colour; where there is none, by their points."""
    if not paper.unicode:
        return "o" if curve.part == "val" else "."
    return _DOT if curve.part == "val" and not paper.colours else "braille"


def _mark_axes(figure: Any, name: str, curves: Sequence[Curve], *, log_scale: bool) -> None:
    """Round numbers along the axes; the limits are the data's, which marks would else replace."""
    places = [place for curve in curves for place, _ in curve.points]
    values = [value for curve in curves for _, value in curve.points]
    ticks = [round(tick) for tick in round_ticks(min(places), max(places), 8, least=1)]
    figure.ruler("x").ticks(ticks, [f"{tick:,}" for tick in ticks])
    if log_scale:
        figure.ruler("y").scale("log")
    else:
        levels = round_ticks(min(values), max(values), 5)
        figure.ruler("y").ticks(levels, [_level(name, level) for level in levels])
    for axis, numbers in (("x", places), ("y", values)):
        if max(numbers) > min(numbers):
            figure.ruler(axis).lim(min(numbers), max(numbers))


def _level(name: str, value: float) -> str:
    return f"{100 * value:g} %" if name in FRACTIONS else f"{value:g}"


def round_ticks(low: float, high: float, count: int, *, least: float = 0.0) -> list[float]:
    """About ``count`` round numbers from ``low`` to ``high``, no closer together than ``least``."""
    if high <= low:
        return [low]
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = max(least, next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _reduced(points: list[tuple[int, float]], width: int) -> list[tuple[int, float]]:
    """The first, lowest, highest and last point of every dot's column: the same picture, spikes included."""
    if len(points) <= 4 * width:
        return points
    first, span = points[0][0], points[-1][0] - points[0][0] + 1
    by_column: dict[int, list[tuple[int, float]]] = {}
    for point in points:
        by_column.setdefault((point[0] - first) * width * 2 // span, []).append(point)
    kept = {
        point
        for column in by_column.values()
        for point in (column[0], column[-1], min(column, key=_value), max(column, key=_value))
    }
    return sorted(kept)


def _value(point: tuple[int, float]) -> float:
    return point[1]


_COLOURS = {"train": "green", "val": "yellow", "": "cyan"}
_DOT = "•"
_ASCII_FRAME = str.maketrans("┌┐└┘├┤┬┴┼│─", "+++++++++|-")
