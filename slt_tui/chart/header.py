"""The heading of a chart: its title, the legend with a value for each line, and where the crosshair is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from slt_tui.chart import inks
from slt_tui.chart.line import Line
from slt_tui.chart.look import Look
from slt_tui.chart.picture import Picture, cells_of, shortened
from slt_tui.chart.reading import last_value, value_at
from slt_tui.readable import NOTHING, clock, number, score

_VALUE = 7  # cells for a value, so that the legend stays where it is while values change
_APART = 2
_READOUT = 14
_LABEL = 24


class Entry(NamedTuple):
    """A line in the legend."""

    place: int  # among the lines
    mark: str
    label: str
    x: int


@dataclass(frozen=True)
class Header:
    """Where everything in the heading stands; ``rows`` has at least one."""

    title: str
    metric: str
    axis: str
    rows: Sequence[Sequence[Entry]]
    more: int = 0  # lines that have no room in the legend

    @classmethod
    def of(
        cls, lines: Sequence[Line], title: str, metric: str, axis: str, look: Look, width: int, height: int
    ) -> Self:
        """The legend flows into as many lines as a fifth of the height gives it."""
        most = max(1, height // 5) if height >= 8 else 1
        widest = max(min(_LABEL, width - _VALUE - 4), 1)
        rows: list[list[Entry]] = [[]]
        x, limit, placed = len(cells_of(title)) + _APART, width - _READOUT, 0
        for group in _groups(lines, look, widest):
            if x + sum(map(_length, group)) > limit and (rows[-1] or len(rows) < most):
                if len(rows) == most:
                    break
                rows.append([])
                x, limit = 0, width
            for entry in group:
                rows[-1].append(entry._replace(x=x))
                x += _length(entry)
            placed += len(group)
        return cls(title, metric, axis, rows, len(lines) - placed)


def _groups(lines: Sequence[Line], look: Look, widest: int) -> list[list[Entry]]:
    """The entries; the second of a run belongs to the one before."""
    groups: list[list[Entry]] = []
    for place, line in enumerate(lines):
        said = line.label if line.legend is None else line.legend
        entry = Entry(place, look.mark(place, line), shortened(said, widest), 0)
        if groups and line.is_second:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _length(entry: Entry) -> int:
    label = len(cells_of(entry.label))
    return 2 + label + bool(label) + _VALUE + _APART


def put_header(
    picture: Picture, header: Header, lines: Sequence[Line], place: float | None, note: str
) -> None:
    """Write the heading: the values at ``place``, or the last ones where there is none."""
    picture.put(0, 0, header.title, inks.TITLE)
    for y, row in enumerate(header.rows):
        for entry in row:
            line = lines[entry.place]
            value = last_value(line.points) if place is None else value_at(line.points, place)
            x = picture.put(entry.x, y, entry.mark, inks.line_ink(entry.place))
            x = picture.put(x + 1, y, entry.label, inks.DIM) if entry.label else x
            picture.put(x + 1, y, NOTHING if value is None else score(header.metric, value), inks.TEXT)
    right = note if place is None else f"{header.axis} {place_text(place, header.axis)}"
    if header.more:
        right = f"+{header.more}  {right}".rstrip()
    length = len(cells_of(right))
    left = max(picture.width - length, len(cells_of(header.title)) + 1)
    picture.put(left, 0, right, inks.DIM if place is None else inks.TEXT)


def place_text(place: float, axis: str) -> str:
    """Where the crosshair is: a whole step or epoch, or a time."""
    if axis == "time":
        return clock(place)
    return f"{place:,.0f}" if place == round(place) else number(place)
