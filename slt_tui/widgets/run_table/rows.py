"""Rows: the pieces of which the heading and each run's line consist."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from slt_tui.run_entry import RunEntry
from slt_tui.widgets.cells import cut, cut_front, padded, printable
from slt_tui.widgets.painted import Piece
from slt_tui.widgets.run_table.columns import Column, View
from slt_tui.widgets.run_table.course import sparkline
from slt_tui.widgets.run_table.layout import GAP, LEAD

_GAP = " " * GAP
Layout = Sequence[tuple[Column, int]]


def heading_text(column: Column, view: View) -> str:
    """A column's name with room for the arrow."""
    return f"{column.heading(view)} v"


def heading_pieces(layout: Layout, view: View, arrow: tuple[str, bool]) -> list[Piece]:
    """The names of the columns; ``arrow`` is the one that is sorted by, and whether it is turned."""
    key, is_turned = arrow
    mark = "^v"[not is_turned] if view.plain else "▲▼"[not is_turned]
    pieces: list[Piece] = [(" " * LEAD, "")]
    for column, width in layout:
        words = column.heading(view) + (f" {mark}" if column.key == key else "")
        look = "sorted" if column.key == key else ""
        pieces.append((padded(words, width, right=column.is_right, plain=view.plain) + _GAP, look))
    return pieces


def row_pieces(entry: RunEntry, layout: Layout, view: View, *, marked: bool, cursor: bool) -> list[Piece]:
    """A run's line."""
    pointer, mark = (">", "*") if view.plain else ("▌", "●")
    pieces: list[Piece] = [(" " * LEAD, "")]
    if marked or cursor:
        pieces = [(pointer if cursor else " ", "pointer"), (mark if marked else " ", "mark"), (" ", "")]
    for column, width in layout:
        pieces += _cell(entry, column, width, view)
    return pieces


def key_at(x: int, layout: Layout) -> str:
    """Whose column is at ``x``; nothing in the margins."""
    begin = LEAD
    for column, width in layout:
        if begin <= x < begin + width + GAP:
            return column.key
        begin += width + GAP
    return ""


def _cell(entry: RunEntry, column: Column, width: int, view: View) -> list[Piece]:
    if column.key == "name":
        return _name(entry.label, width, view)
    if column.key == "course":
        return [(padded(sparkline(entry.course, width, plain=view.plain), width + GAP), "course")]
    text = padded(column.text(entry, view), width, right=column.is_right, plain=view.plain)
    return [(text + _GAP, entry.state if column.key == "state" else _LOOKS.get(column.key, ""))]


def _name(label: str, width: int, view: View) -> list[Piece]:
    """The run's own name in full as long as it fits, its group quietly before it."""
    group, slash, name = printable(label).rpartition("/")
    name = cut(name, width, plain=view.plain)
    group = cut_front(group + slash, width - cell_len(name), plain=view.plain)
    return [(group, "group"), (padded(name, width - cell_len(group) + GAP), "")]


_LOOKS = {"tags": "tags", "age": "quiet", "smoothed": "quiet", "epoch": ""}
