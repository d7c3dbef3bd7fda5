"""A plot as lines of text, by plotext: readable at 80 columns, without colours and without UTF-8."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, Self, TextIO

import numpy as np
from numpy.typing import NDArray

from slt_tui.chart.header import place_text
from slt_tui.chart.line import Line, PointsLike
from slt_tui.chart.plot import Plot
from slt_tui.chart.reduce import kept
from slt_tui.chart.scale import axis
from slt_tui.chart.ticks import place_ticks, value_ticks
from slt_tui.comparison.scores import direction
from slt_tui.palette import series_mark
from slt_tui.readable import score
from slt_tui.terminal import columns, has_colours, has_unicode, painted

_WIDEST = 160
_OF_PARTS = {"train": "green", "val": "yellow", "": "cyan"}
_OF_RUNS = ("green", "yellow", "cyan", "magenta", "blue", "red")
_GHOST = "bright_black"
_PLOTEXT = {"bright_black": "gray"}
_DOT = "•"
_ASCII_FRAME = str.maketrans("┌┐└┘├┤┬┴┼│─", "+++++++++|-")


@dataclass(frozen=True)
class Paper:
    """What the curves are drawn on."""

    width: int
    height: int
    colours: bool
    unicode: bool

    @classmethod
    def of(cls, stream: TextIO, *, width: int | None = None, height: int = 14) -> Self:
        """The paper that a stream is."""
        width = width or min(columns(), _WIDEST)
        return cls(width, height, has_colours(stream), has_unicode(stream))


class Stroke(NamedTuple):
    """How a line is drawn: its colour, and braille or a character of its own."""

    colour: str
    marker: str


def draw_plot(plot: Plot, paper: Paper) -> str:
    """A plot below its title and each line's last and best value."""
    drawn = [
        (line, _stroke(line, place, len(plot.lines), paper))
        for place, line in enumerate(plot.lines)
        if _values(line.points, plot).any()
    ]
    if not drawn:
        return f"{plot.title}   nothing above 0 to draw on a logarithmic scale"
    captions = [_caption(line, stroke, plot, paper) for line, stroke in drawn]
    head = "   ".join([plot.title, *(text for text, _ in captions)])
    if len(plot.title) + sum(3 + length for _, length in captions) > paper.width:
        head = "\n".join([plot.title, *("  " + text for text, _ in captions)])
    return f"{head}\n{_picture(plot, drawn, paper)}"


def _stroke(line: Line, place: int, count: int, paper: Paper) -> Stroke:
    """Two curves differ by colour; where there is none, by their points."""
    of_parts = line.label in _OF_PARTS
    colour = _OF_PARTS[line.label] if of_parts else _OF_RUNS[place % len(_OF_RUNS)]
    if not of_parts and count > 1 and not paper.colours:
        return Stroke(colour, series_mark(place))
    if not paper.unicode:
        return Stroke(colour, "o" if line.label == "val" else ".")
    return Stroke(colour, _DOT if line.label == "val" and not paper.colours else "braille")


def _caption(line: Line, stroke: Stroke, plot: Plot, paper: Paper) -> tuple[str, int]:
    """A line's mark, name, last and best value; and how long that is on the screen."""
    label = f"{stroke.marker if len(stroke.marker) == 1 else '━'} {line.label}".rstrip()
    seen = _values(line.points, plot)
    x, y = line.points.x[seen], line.points.y[seen]
    last, best, better = float(y[-1]), float(y[-1]), direction(plot.metric)
    words = score(plot.metric, last)
    if better:
        place = int(y.argmax() if better == "higher" else y.argmin())
        best = float(y[place])
        if best != last:
            words += f" (best {score(plot.metric, best)} at {place_text(float(x[place]), plot.axis)})"
    text = painted(label, stroke.colour) if paper.colours else label
    return f"{text} {words}", len(label) + 1 + len(words)


def _picture(plot: Plot, drawn: Sequence[tuple[Line, Stroke]], paper: Paper) -> str:
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(paper.width, paper.height)
    ghosts = [(line.ghost, Stroke(_GHOST, "braille")) for line, _ in drawn if line.ghost and paper.colours]
    lines = [(line.points, stroke) for line, stroke in drawn]
    signals = [(*_reduced(points, plot, paper), stroke) for points, stroke in chain(ghosts, lines)]
    _mark_axes(figure, plot, signals)
    for x, y, stroke in signals:
        marker = plotext.marker(
            stroke.marker, pixel=plotext.pixel(_PLOTEXT.get(stroke.colour, stroke.colour))
        )
        figure.draw(figure.signal(x, y, marker=marker).lines(stroke.marker != _DOT))
    text: str = figure.build().string(colorless=not paper.colours).rstrip("\n")
    return text if paper.unicode else text.translate(_ASCII_FRAME)


def _reduced(points: PointsLike, plot: Plot, paper: Paper) -> tuple[list[float], list[float]]:
    """The points that make the picture, spikes included; where the axis is logarithmic, their logarithms."""
    seen = _values(points, plot)
    x, y = points.x[seen], points.y[seen]
    if len(x):
        chosen = kept(x, y, axis(float(x[0]), float(x[-1])), 2 * paper.width)
        x, y = x[chosen], y[chosen]
    return x.tolist(), (np.log10(y) if plot.view.y_log else y).tolist()


def _mark_axes(figure: Any, plot: Plot, signals: Sequence[tuple[list[float], list[float], Stroke]]) -> None:
    """Round numbers along the axes; the limits are the data's, which marks would else replace.

    plotext's own logarithmic axis has no round numbers and misplaces those that it is given.
    """
    places = list(chain.from_iterable(x for x, _, _ in signals))
    levels = list(chain.from_iterable(y for _, y, _ in signals))
    low, high = min(levels), max(levels)
    up = axis(10**low, 10**high, log=True) if plot.view.y_log else axis(low, high)
    values, labels = _columns(value_ticks(up, 5, metric=plot.metric))
    figure.ruler("y").ticks([math.log10(value) for value in values] if plot.view.y_log else values, labels)
    figure.ruler("x").ticks(*_columns(place_ticks(axis(min(places), max(places)), 8, axis=plot.axis)))
    for name, numbers in (("x", places), ("y", levels)):
        if max(numbers) > min(numbers):
            figure.ruler(name).lim(min(numbers), max(numbers))


def _columns(ticks: Sequence[tuple[float, str]]) -> tuple[list[float], list[str]]:
    return [value for value, _ in ticks], [label for _, label in ticks]


def _values(points: PointsLike, plot: Plot) -> NDArray[np.bool_]:
    above = 0.0 if plot.view.y_log else -np.inf
    return np.isfinite(points.y) & (points.y > above)
