"""A run's curves as text: losses, perplexity and scores of training and validation, a chart each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TextIO

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.journal import epoch_rows, read_rows, step_rows
from slt_engine.run.record import Row
from slt_tui.readable import FRACTIONS, HIGHER_IS_BETTER, finite, score, title
from slt_tui.terminal import columns, has_colours, has_unicode, painted

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
    """One line of a chart: ``part`` is train or val, ``points`` are (epoch or step, value)."""

    part: str
    points: list[tuple[int, float]]


def draw_run(run: RunDir, paper: Paper, *, by: By = "epoch", metrics: Sequence[str] | None = None) -> str:
    """The charts of a run. Raises RunError where there is nothing to draw."""
    journal = run.metrics if by == "epoch" else run.steps
    rows = epoch_rows(read_rows(journal)) if by == "epoch" else step_rows(read_rows(journal))
    curves = {name: list(_curves(rows, name, by)) for name in metrics or USUAL}
    missing = [name for name in metrics or () if not curves[name]]
    if missing and rows:
        raise RunError(f"{journal}: no {', '.join(missing)} in it; there is {', '.join(_names(rows[-1]))}")
    if not any(curves.values()):
        raise RunError(f"{journal}: no {by} yet, so there is nothing to draw")
    return "\n\n".join(draw_chart(name, drawn, paper) for name, drawn in curves.items() if drawn)


def draw_chart(name: str, curves: Sequence[Curve], paper: Paper) -> str:
    """One metric's curves below a line with their last and best values."""
    heading = "   ".join([title(name), *(_caption(name, curve, paper) for curve in curves)])
    return f"{heading}\n{_plot(name, curves, paper)}"


def _curves(rows: Sequence[Row], name: str, by: By) -> Iterator[Curve]:
    for part in ("train", "val"):
        scores = [
            (row[by], row.get(part) if by == "epoch" else row if part == "train" else None) for row in rows
        ]
        values = [(place, finite(of.get(name))) for place, of in scores if isinstance(of, dict)]
        if points := [(place, value) for place, value in values if value is not None]:
            yield Curve(part, points)


def _names(row: Row) -> list[str]:
    parts = [part for part in (row.get("train"), row.get("val")) if isinstance(part, dict)] or [row]
    names = {name: None for part in parts for name, value in part.items() if finite(value) is not None}
    return [name for name in names if name not in ("step", "epoch", "time")]


def _caption(name: str, curve: Curve, paper: Paper) -> str:
    label = f"{_marker(curve, paper) if len(_marker(curve, paper)) == 1 else '━'} {curve.part}"
    pick = max if name in HIGHER_IS_BETTER else min
    place, best = pick(curve.points, key=_value)
    last = curve.points[-1][1]
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
        return "." if curve.part == "train" else "o"
    return "braille" if paper.colours or curve.part == "train" else _DOT


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


_COLOURS = {"train": "green", "val": "yellow"}
_DOT = "•"
_ASCII_FRAME = str.maketrans("┌┐└┘├┤┬┴┼│─", "+++++++++|-")
