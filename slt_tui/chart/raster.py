"""Columns to dots. What a dot is depends on whole numbers only, so the reduced points and all points agree.

In a dot column stands the span from its lowest to its highest value. The last point of a column and the first of
the next column that holds one are joined by a line of single dots, unless one of them is a gap. A gap within a
column breaks no span; it has a mark of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from slt_tui.chart.reduce import Columns
from slt_tui.chart.scale import Scale

Dots = NDArray[np.bool_]  # [row from the top, column]
Whole = NDArray[np.int64]


class Spans(NamedTuple):
    """Vertical runs of dots; rows count from the top."""

    column: Whole
    top: Whole
    bottom: Whole


def raster(columns: Columns, scale: Scale, width: int, height: int) -> Dots:
    """The dots of a line."""
    return filled([held(columns, scale, width, height), joined(columns, scale, width, height)], width, height)


def rows_of(values: NDArray[np.float64], scale: Scale, height: int) -> Whole:
    """The dot row of every value."""
    return height - 1 - scale.cells(values, height)


def held(columns: Columns, scale: Scale, width: int, height: int) -> Spans:
    """The span of values in every column of the view."""
    seen = ~np.isnan(columns.low) & (columns.at >= 0) & (columns.at < width)
    top, bottom = (rows_of(values[seen], scale, height) for values in (columns.high, columns.low))
    return Spans(columns.at[seen], top, bottom)


def joined(columns: Columns, scale: Scale, width: int, height: int) -> Spans:
    """The lines from each column's last point to the next one's first."""
    joins = np.flatnonzero(~np.isnan(columns.last[:-1]) & ~np.isnan(columns.first[1:]))
    return lines(
        columns.at[joins],
        rows_of(columns.last[joins], scale, height),
        columns.at[joins + 1],
        rows_of(columns.first[joins + 1], scale, height),
        width,
    )


def lines(from_column: Whole, from_row: Whole, to_column: Whole, to_row: Whole, width: int) -> Spans:
    """Lines to the right between dots, as the runs that each column of the view has of them.

    A column's run goes from where the line is halfway from the column before to where it is halfway to the next,
    and leaves out the row on which the run before it ended.
    """
    first, last = np.maximum(from_column, 0), np.minimum(to_column, width - 1)
    lengths = np.maximum(last - first + 1, 0)
    line = np.repeat(np.arange(len(lengths)), lengths)
    column = first[line] + np.arange(len(line)) - (np.cumsum(lengths) - lengths)[line]
    place, length = column - from_column[line], (to_column - from_column)[line]
    start, rise = from_row[line], (to_row - from_row)[line]
    before = start + (rise * (2 * place - 1) + length) // (2 * length)
    after = start + (rise * (2 * place + 1) + length) // (2 * length)
    end = np.where(place == length, start + rise, after)
    begin = np.where(place == 0, start, before + np.sign(end - before))
    return Spans(column, np.minimum(begin, end), np.maximum(begin, end))


def filled(spans: list[Spans], width: int, height: int) -> Dots:
    """The dots of runs; what lies above or below the view is cut off."""
    column, top, bottom = (np.concatenate(parts) for parts in zip(*spans, strict=True))
    seen = (bottom >= 0) & (top < height)
    column, top, bottom = column[seen], np.maximum(top[seen], 0), np.minimum(bottom[seen], height - 1)
    size = (height + 1) * width
    begun = np.bincount(top * width + column, minlength=size)
    ended = np.bincount((bottom + 1) * width + column, minlength=size)
    steps = (begun - ended).astype(np.int16).reshape(height + 1, width)
    dots: Dots = np.cumsum(steps[:height], axis=0, dtype=np.int16) > 0
    return dots
