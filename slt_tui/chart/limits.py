"""From where to where a chart's axes go, so that they stay where they are while points come in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from slt_tui.chart.line import Line, PointsLike
from slt_tui.chart.reduce import Columns
from slt_tui.chart.scale import Scale, axis
from slt_tui.chart.ticks import round_step

_PARTS = 16


def whole_range(lines: Sequence[Line], *, log: bool) -> tuple[float, float] | None:
    """From the first to the last x of all lines; None where there is no point to be drawn."""
    ends = [_ends(line.points, log=log) for line in lines]
    found = [end for end in ends if end]
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def place_axis(low: float, high: float, *, log: bool) -> Scale:
    """The axis along the bottom: it grows by sixteenths, so that a new point seldom moves all others."""
    if log or high <= low:
        return axis(low, high if high > low else high + 1.0 if log else high, log=log)
    part = 2.0 ** math.floor(math.log2(high - low)) / _PARTS
    return axis(low, low + part * math.ceil((high - low) / part - 1e-9))


def level_axis(seen: Iterable[Columns], ticks: int, *, log: bool) -> Scale | None:
    """The axis of the values, to a quarter of what lies between two ticks; None without a value."""
    extremes = [_extremes(columns) for columns in seen]
    found = [extreme for extreme in extremes if extreme]
    if not found:
        return None
    low, high = min(low for low, _ in found), max(high for _, high in found)
    scale = axis(low, high, log=log)
    if log:
        eighths = (math.floor(8 * math.log10(scale.low)) / 8, math.ceil(8 * math.log10(scale.high)) / 8)
        return axis(10 ** eighths[0], 10 ** eighths[1], log=True)
    quarter = round_step(scale.low, scale.high, max(ticks, 2)) / 4
    return axis(
        min(quarter * math.floor(scale.low / quarter + 1e-9), scale.low),
        max(quarter * math.ceil(scale.high / quarter - 1e-9), scale.high),
    )


def _ends(points: PointsLike, *, log: bool) -> tuple[float, float] | None:
    first = int(np.searchsorted(points.x, 0.0, side="right")) if log else 0
    return (float(points.x[first]), float(points.x[-1])) if len(points.x) > first else None


def _extremes(columns: Columns) -> tuple[float, float] | None:
    with_value = ~np.isnan(columns.low)
    if not with_value.any():
        return None
    return float(columns.low[with_value].min()), float(columns.high[with_value].max())
