"""The reduction that loses nothing that can be seen: first, lowest, highest and last point of each dot column.

Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation" (VLDB 2014).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from slt_tui.chart.scale import Scale

Floats = NDArray[np.float64]


class Columns(NamedTuple):
    """What lies in the dot columns that hold a point; NaN where ``first`` or ``last`` is a gap."""

    at: NDArray[
        np.int64
    ]  # rising; at most one below 0 and one at the width or above: the neighbours of the view
    first: Floats
    low: Floats  # NaN where the column holds no value at all
    high: Floats
    last: Floats
    has_gap: NDArray[np.bool_]


def columns(x: Floats, y: Floats, scale: Scale, width: int, *, above: float = -np.inf) -> Columns:
    """The points by dot column. ``x`` rises; a ``y`` that is not finite or not above ``above`` is a gap."""
    start, stop, starts, at = _groups(x, scale, width)
    values = y[start:stop]
    if not len(at):
        nothing = np.empty(0)
        return Columns(at, nothing, nothing, nothing, nothing, np.empty(0, bool))
    ends = np.append(starts[1:], len(values)) - 1
    low, high = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    has_gap = ~(np.isfinite(low) & np.isfinite(high) & (low > above))  # minimum and maximum hand NaN on
    if has_gap.any():
        values = np.where(np.isfinite(values) & (values > above), values, np.nan)
        low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    return Columns(at, values[starts], low, high, values[ends], has_gap)


def kept(x: Floats, y: Floats, scale: Scale, width: int, *, above: float = -np.inf) -> NDArray[np.int64]:
    """Which points draw the same picture as all: rising positions in ``x``, at most six a column."""
    start, stop, starts, _ = _groups(x, scale, width)
    values = y[start:stop]
    found: list[int] = []
    for first, end in zip(starts.tolist(), [*starts[1:].tolist(), len(values)], strict=True):
        part = values[first:end]
        good = np.isfinite(part) & (part > above)
        of_column = {0, len(part) - 1}
        if good.any():
            of_column |= {int(np.argmin(np.where(good, part, np.inf)))}
            of_column |= {int(np.argmax(np.where(good, part, -np.inf)))}
        if not good.all():
            of_column.add(int(np.argmin(good)))
        found += [start + first + place for place in sorted(of_column)]
    return np.array(found, np.int64)


def _groups(x: Floats, scale: Scale, width: int) -> tuple[int, int, NDArray[np.int64], NDArray[np.int64]]:
    """What of ``x`` is looked at, from where to where; where each column begins in that; which columns."""
    first = int(np.searchsorted(x, 0.0, side="right")) if scale.log else 0
    begin = int(np.searchsorted(x, scale.low, side="left"))
    end = int(np.searchsorted(x, scale.high, side="right"))
    borders = np.searchsorted(x[begin:end], scale.edges(width)[:-1], side="left")
    borders[:1] = 0
    filled = np.flatnonzero(np.diff(borders, append=end - begin))
    starts, at = begin + borders[filled], filled
    if begin > first:
        starts, at = np.append(begin - 1, starts), np.append(_cell(scale, x[begin - 1], width), at)
    if end < len(x):
        starts, at = np.append(starts, end), np.append(at, _cell(scale, x[end], width))
    start, stop = max(begin - 1, first), min(end + 1, len(x))
    return start, stop, (starts - start).astype(np.int64), at.astype(np.int64)


def _cell(scale: Scale, value: float, width: int) -> int:
    return int(scale.cells(np.array([value]), width)[0])
