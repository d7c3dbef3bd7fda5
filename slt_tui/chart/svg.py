"""Plots as one SVG, a panel below the other: axes, ticks, legend, and the points that make the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape  # xml.sax loads urllib and email, 26 ms

import numpy as np

from slt_tui.chart.limits import level_axis, place_axis, whole_range
from slt_tui.chart.line import Line, PointsLike
from slt_tui.chart.plot import Plot
from slt_tui.chart.reading import last_value
from slt_tui.chart.reduce import columns, kept
from slt_tui.chart.scale import Scale
from slt_tui.chart.ticks import place_ticks, value_ticks
from slt_tui.palette import SERIES, SERIES_LIGHT
from slt_tui.readable import score

WIDTH, HEIGHT = 960, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 24, 56, 48
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.title{font-size:16px;font-weight:600;fill:#111}"
    ".grid{stroke:#e4e4e4}.axis{stroke:#888}path{stroke-linecap:round}.line{fill:none;stroke-width:1.6;stroke-linejoin:round}"
    ".ghost{fill:none;stroke-width:1;opacity:.3}.level{text-anchor:end}.place{text-anchor:middle}"
)


@dataclass(frozen=True)
class Panel:
    """Where a plot's numbers lie on the paper."""

    places: Scale
    levels: Scale
    width: float
    height: float

    def x(self, value: float) -> float:
        """Across."""
        return _LEFT + self.places.share(value) * (self.width - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """Down."""
        return self.height - _BOTTOM - self.levels.share(value) * (self.height - _TOP - _BOTTOM)


def to_svg(plots: Sequence[Plot], *, width: int = WIDTH, height: int = HEIGHT) -> str:
    """The plots as they are looked at, on white."""
    total = height * max(len(plots), 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{total}" '
        f'viewBox="0 0 {width} {total}">',
        f"<style>{_STYLE}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for place, plot in enumerate(plots):
        parts += [f'<g transform="translate(0 {place * height})">', *_plot(plot, width, height), "</g>"]
    return "\n".join([*parts, "</svg>\n"])


def _plot(plot: Plot, width: int, height: int) -> Iterator[str]:
    yield f'<text class="title" x="{_LEFT}" y="24">{escape(plot.title)}</text>'
    panel = _panel(plot, width, height)
    if panel is None:
        yield f'<text class="place" x="{width / 2:g}" y="{height / 2:g}">{escape(plot.empty)}</text>'
        return
    yield from _axes(plot, panel)
    yield from _legend(plot, panel)
    for line in plot.lines:
        if line.ghost is not None:
            yield _polylines(line.ghost, panel, "ghost", paper_colour(line))
    for line in plot.lines:
        yield _polylines(line.points, panel, "line", paper_colour(line))


def _panel(plot: Plot, width: int, height: int) -> Panel | None:
    found = whole_range(plot.lines, log=plot.view.x_log)
    if not found:
        return None
    places = plot.view.shown(place_axis(*found, log=plot.view.x_log))
    above = 0.0 if plot.view.y_log else -np.inf
    seen = [
        columns(points.x, points.y, places, width, above=above)
        for line in plot.lines
        for points in (line.points, line.ghost)
        if points
    ]
    levels = level_axis(seen, 6, log=plot.view.y_log)
    return Panel(places, levels, width, height) if levels else None


def _axes(plot: Plot, panel: Panel) -> Iterator[str]:
    left, right, bottom = _LEFT, panel.width - _RIGHT, panel.height - _BOTTOM
    for tick in value_ticks(panel.levels, 6, metric=plot.metric):
        y = panel.y(tick.value)
        yield f'<path class="grid" d="M{left} {y:.1f}H{right:g}"/>'
        yield f'<text class="level" x="{left - 8}" y="{y + 4:.1f}">{escape(tick.label)}</text>'
    for tick in place_ticks(panel.places, 8, axis=plot.axis):
        x = panel.x(tick.value)
        yield f'<path class="axis" d="M{x:.1f} {bottom:g}v5"/>'
        yield f'<text class="place" x="{x:.1f}" y="{bottom + 20:g}">{escape(tick.label)}</text>'
    yield f'<path class="axis" fill="none" d="M{left} {_TOP}V{bottom:g}H{right:g}"/>'
    yield f'<text class="level" x="{right:g}" y="{bottom + 38:g}">{escape(plot.axis)}</text>'


def _legend(plot: Plot, panel: Panel) -> Iterator[str]:
    x = float(_LEFT)
    for place, line in enumerate(plot.lines):
        value = last_value(line.points)
        words = f"{line.label} {score(plot.metric, value)}".strip()
        if x + 30 + 7 * len(words) > panel.width - _RIGHT:
            yield f'<text x="{x:.0f}" y="44">+{len(plot.lines) - place}</text>'
            break
        yield f'<path d="M{x:.0f} 40h16" stroke="{escape(paper_colour(line))}" stroke-width="3"/>'
        yield f'<text x="{x + 22:.0f}" y="44">{escape(words)}</text>'
        x += 44 + 7 * len(words)


def _polylines(points: PointsLike, panel: Panel, look: str, colour: str) -> str:
    """A path through the points that are kept of all, broken at gaps; a point alone is a dot."""
    above = 0.0 if panel.levels.log else -np.inf
    chosen = kept(points.x, points.y, panel.places, int(panel.width), above=above)
    path, is_open = [], False
    for x, y in zip(points.x[chosen].tolist(), points.y[chosen].tolist(), strict=True):
        if not np.isfinite(y) or y <= above:
            is_open = False
            continue
        path.append(f"{'L' if is_open else 'M'}{panel.x(x):.2f} {panel.y(y):.2f}{'' if is_open else 'h.01'}")
        is_open = True
    return f'<path class="{look}" stroke="{escape(colour)}" d="{"".join(path)}"/>'


def paper_colour(line: Line) -> str:
    """A line's colour on white: those of the palette have a darker twin, and shades go to black."""
    colour = SERIES_LIGHT[SERIES.index(line.colour)] if line.colour in SERIES else line.colour
    levels = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(level * (1 - line.shade)):02x}" for level in levels)
