"""Lines as characters: braille patterns, or where there is none a mark of the line's own in each cell.

A cell has one colour. It shows the dots of the topmost line only, so that a line passes under another with its
edges clear; where there are no colours, the dots of all lines are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from slt_tui.chart import braille, inks
from slt_tui.chart.line import Line
from slt_tui.chart.look import Look
from slt_tui.chart.picture import Area, Picture
from slt_tui.chart.raster import Dots, raster, rows_of
from slt_tui.chart.reduce import Columns
from slt_tui.chart.scale import Scale

_PLAIN_GHOST = "'"
_CELLS_A_DOT = 3  # points get dots of their own where there is that much room for each
_CELLS_A_MARK = 24


class Seen(NamedTuple):
    """A line's columns, and those of the raw numbers behind it."""

    line: Columns
    ghost: Columns | None


def put_lines(
    picture: Picture, area: Area, seen: Sequence[Seen], levels: Scale, look: Look, lines: Sequence[Line]
) -> None:
    """Ghosts first, then the lines, then the marks upon them."""
    width, height = area.width * look.across, area.height * look.down
    for index, one in enumerate(seen):
        if one.ghost is not None:
            dots = raster(one.ghost, levels, width, height)
            _put_dots(picture, area, dots, inks.ghost_ink(index), look, _PLAIN_GHOST, over=True)
    for index, (one, line) in enumerate(zip(seen, lines, strict=True)):
        dots, ink = raster(one.line, levels, width, height), inks.line_ink(index)
        mark = look.mark(index, line)
        _put_dots(picture, area, dots, ink, look, mark, over=look.colours)
        _put_points(picture, area, one.line, levels, look, line, ink)
        _put_gaps(picture, area, one.line, look, ink)
        if line.glyph and not look.colours and not look.plain:
            _put_marks(picture, area, dots, mark, ink, shift=index / len(lines))


def _put_dots(
    picture: Picture, area: Area, dots: Dots, ink: int, look: Look, mark: str, *, over: bool
) -> None:
    part = slice(area.y, area.y + area.height), slice(area.x, area.x + area.width)
    codes, own_inks = picture.codes[part], picture.inks[part]
    patterns = dots.astype(np.uint32) if look.plain else braille.patterns(dots)
    held = patterns > 0
    if look.plain:
        codes[held] = ord(mark)
    else:
        below = np.where(codes >= braille.BLANK, codes, 0) if not over else np.uint32(0)
        codes[held] = ((patterns + braille.BLANK) | below)[held]
    own_inks[held] = ink


def _put_points(
    picture: Picture, area: Area, columns: Columns, levels: Scale, look: Look, line: Line, ink: int
) -> None:
    """A dot at every point where they are few, and at points that no line reaches."""
    ends = ~np.isnan(columns.last)
    inside = (columns.at >= 0) & (columns.at < area.width * look.across)
    chosen = ends & inside & _is_alone(columns)
    if line.dots and chosen.size * _CELLS_A_DOT <= area.width:
        chosen = ends & inside
    rows = rows_of(columns.last[chosen], levels, area.height)
    seen = (rows >= 0) & (rows < area.height)
    y, x = area.y + rows[seen], area.x + columns.at[chosen][seen] // look.across
    picture.codes[y, x] = ord("o" if look.plain else "•")
    picture.inks[y, x] = ink


def _is_alone(columns: Columns) -> NDArray[np.bool_]:
    """Whether no line comes from the left, none goes to the right, and there is one value only."""
    joined = ~np.isnan(columns.last[:-1]) & ~np.isnan(columns.first[1:])
    left, right = np.append(False, joined)[: len(columns.at)], np.append(joined, False)[: len(columns.at)]
    alone: NDArray[np.bool_] = ~left & ~right & (columns.low == columns.high)
    return alone


def _put_gaps(picture: Picture, area: Area, columns: Columns, look: Look, ink: int) -> None:
    """A cross at the bottom of every column with a value that is none."""
    inside = (columns.at >= 0) & (columns.at < area.width * look.across) & columns.has_gap
    x, y = area.x + columns.at[inside] // look.across, area.y + area.height - 1
    picture.codes[y, x] = ord("x" if look.plain else "×")
    picture.inks[y, x] = ink


def _put_marks(picture: Picture, area: Area, dots: Dots, mark: str, ink: int, *, shift: float) -> None:
    """The line's mark here and there along it, and at its end."""
    cells = braille.patterns(dots) > 0
    held = np.flatnonzero(cells.any(axis=0))
    if not len(held):
        return
    begin = int(shift * _CELLS_A_MARK) + _CELLS_A_MARK // 4
    for x in [*range(begin, int(held[-1]) - 4, _CELLS_A_MARK), int(held[-1])]:
        rows = np.flatnonzero(cells[:, x])
        if len(rows):
            picture.put(area.x + x, area.y + int(rows[len(rows) // 2]), mark, ink)
