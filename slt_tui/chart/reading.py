"""What a crosshair reads: the value of each line that lies nearest to a place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from slt_tui.chart.line import Line, PointsLike


def snapped(lines: Sequence[Line], place: float) -> float | None:
    """The x of the point that lies nearest to ``place``, of any line."""
    xs = [float(line.points.x[nearest(line.points, place)]) for line in lines if len(line.points.x)]
    return min(xs, key=lambda x: abs(x - place), default=None)


def value_at(points: PointsLike, place: float) -> float | None:
    """The value nearest to ``place``; None at a gap and beyond the ends of the line."""
    if not len(points.x) or not points.x[0] <= place <= points.x[-1]:
        return None
    value = float(points.y[nearest(points, place)])
    return value if np.isfinite(value) else None


def nearest(points: PointsLike, place: float) -> int:
    """Which point is nearest in x; of several at one place the last."""
    after = min(int(np.searchsorted(points.x, place, side="right")), len(points.x) - 1)
    before = max(after - 1, 0)
    return before if abs(points.x[before] - place) <= abs(points.x[after] - place) else after


def last_value(points: PointsLike) -> float | None:
    """The last value that is a number."""
    for start in range(len(points.y), 0, -1024):
        part = points.y[max(start - 1024, 0) : start]
        found = np.flatnonzero(np.isfinite(part))
        if len(found):
            return float(part[found[-1]])
    return None


def stepped(lines: Sequence[Line], place: float, target: float) -> float:
    """The point nearest to ``target``; the next one in its direction where that is still the one at ``place``."""
    near = snapped(lines, target)
    forward = target > place
    if near is not None and (near > place if forward else near < place):
        return near
    following = [_next(line.points.x, place, forward=forward) for line in lines]
    found = [x for x in following if x is not None]
    return (min(found) if forward else max(found)) if found else place


def _next(x: NDArray[np.float64], place: float, *, forward: bool) -> float | None:
    index = int(np.searchsorted(x, place, side="right" if forward else "left")) - (not forward)
    return float(x[index]) if 0 <= index < len(x) else None
