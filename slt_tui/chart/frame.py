"""Frame: where a picture's area is, its axes, and the ticks along them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slt_tui.chart import inks
from slt_tui.chart.limits import level_axis
from slt_tui.chart.line import Line, PointsLike
from slt_tui.chart.look import Look
from slt_tui.chart.picture import Area, Picture
from slt_tui.chart.reduce import columns
from slt_tui.chart.scale import Scale
from slt_tui.chart.ticks import Tick, place_ticks, value_ticks
from slt_tui.chart.trace import Seen

_LEAST_HEIGHT = 2
_LINES_A_TICK = 3
_CELLS_A_TICK = 12


@dataclass(frozen=True)
class Frame:
    """An area, what is seen in it, and the ticks beside it."""

    area: Area | None
    seen: Sequence[Seen] = ()
    levels: Scale | None = None
    ticks: Sequence[Tick] = ()
    has_axis_line: bool = False
    has_dropped: bool = False


def lay_out(
    lines: Sequence[Line],
    places: Scale | None,
    picture: Picture,
    *,
    top: int,
    gutter: int,
    metric: str,
    y_log: bool,
    look: Look,
) -> Frame:
    """The frame below ``top`` lines of heading; the gutter is as wide as the labels need."""
    below = picture.height - top
    under = 2 if below >= 8 else 1 if below >= 5 else 0
    height = below - under
    room = min(gutter, picture.width // 4)
    if height < _LEAST_HEIGHT or picture.width - room < 8:
        return Frame(None)
    if places is None:
        return Frame(Area(room, top, picture.width - room, height), has_axis_line=under == 2)
    while True:
        width = picture.width - room
        seen = [_seen(line, places, width * look.across, y_log) for line in lines]
        count = max(height // _LINES_A_TICK, 1)
        levels = level_axis((part for one in seen for part in one if part), count, log=y_log)
        ticks = value_ticks(levels, count, metric=metric) if levels else []
        needed = max((len(tick.label) + 2 for tick in ticks), default=0)
        if needed <= room or room >= picture.width // 3:
            break
        room = min(needed, picture.width // 3)
    dropped = y_log and any(_has_dropped(line.points, places) for line in lines)
    return Frame(Area(room, top, width, height), seen, levels, ticks, under == 2, dropped)


def put_axes(picture: Picture, frame: Frame, places: Scale | None, axis: str, look: Look) -> None:
    """The axes with their ticks and labels."""
    area = frame.area
    assert area is not None
    upright, level, corner, tick_left, tick_below = "|-++|" if look.plain else "│─└┤┬"
    for y in range(area.y, area.y + area.height):
        picture.put(area.x - 1, y, upright, inks.DIM)
    for tick in frame.ticks:
        y = area.y + _cell(frame.levels, tick.value, area.height, flipped=True)
        label = tick.label[: area.x - 2]
        picture.put(area.x - 2 - len(label), y, label, inks.DIM)
        picture.put(area.x - 1, y, tick_left, inks.DIM)
    bottom = area.y + area.height
    if frame.has_axis_line:
        picture.put(area.x - 1, bottom, corner + level * area.width, inks.DIM)
    if places is None or bottom >= picture.height:
        return
    label_line = bottom + frame.has_axis_line
    name = axis if area.width >= 30 else ""
    limit = picture.width - len(name) - 2 * bool(name)
    picture.put(picture.width - len(name), label_line, name, inks.DIM)
    end = 0
    for tick in place_ticks(places, max(area.width // _CELLS_A_TICK, 2), axis=axis):
        x = area.x + _cell(places, tick.value, area.width)
        left = max(x - len(tick.label) // 2, 0)
        if left >= end and left + len(tick.label) <= limit:
            end = picture.put(left, label_line, tick.label, inks.DIM) + 1
            if frame.has_axis_line:
                picture.put(x, bottom, tick_below, inks.DIM)


def _cell(scale: Scale | None, value: float, count: int, *, flipped: bool = False) -> int:
    assert scale is not None
    cell = min(max(int(scale.cells(np.array([value]), count)[0]), 0), count - 1)
    return count - 1 - cell if flipped else cell


def _seen(line: Line, places: Scale, width: int, y_log: bool) -> Seen:
    above = 0.0 if y_log else -np.inf
    both = [
        columns(points.x, points.y, places, width, above=above) if points else None
        for points in (line.points, line.ghost)
    ]
    assert both[0] is not None
    return Seen(both[0], both[1])


def _has_dropped(points: PointsLike, places: Scale) -> bool:
    begin, end = np.searchsorted(points.x, [places.low, places.high])
    return bool((points.y[begin : end + 1] <= 0).any())
