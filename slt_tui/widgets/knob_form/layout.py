"""Rows of a form -> the lines that are drawn: headings of groups, settings, and what is wrong below each."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from slt_tui.form.examination import Row
from slt_tui.widgets.cells import cut, cut_front, padded
from slt_tui.widgets.painted import Piece

MARK, NAME, DEFAULT, ORIGIN = 3, 30, 16, 18
VALUE_AT = MARK + NAME
_FULL = VALUE_AT + 20 + DEFAULT + ORIGIN  # cells from which default and origin have columns of their own
_INDENT = MARK + 2


@dataclass(frozen=True)
class Line:
    """One line: ``row`` is the place among the rows that it belongs to, ``text`` what a heading or remark says."""

    kind: str
    row: int
    text: str = ""


def lines_of(rows: Sequence[Row], width: int) -> list[Line]:
    """Every line, group by group; a remark is wrapped to the width."""
    lines: list[Line] = []
    for group, members in groupby(enumerate(rows), key=lambda pair: pair[1].knob.group):
        for number, (place, row) in enumerate(members):
            if number == 0:
                lines += [*([Line("blank", place)] if lines else []), Line("group", place, group)]
            lines += [Line("row", place), *_remarks(row, place, width)]
    return lines


def _remarks(row: Row, place: int, width: int) -> Iterator[Line]:
    for kind, texts in (("wrong", row.problems), ("notice", row.notices)):
        for text in texts:
            if kind == "wrong" and _is_missing(row):
                continue  # its value says so
            for part in textwrap.wrap(text, max(20, width - _INDENT - 1)):
                yield Line(kind, place, part)


def value_width(width: int) -> int:
    """Cells of the column of values."""
    return width - VALUE_AT - (DEFAULT + ORIGIN if width >= _FULL else 0)


def row_pieces(row: Row, width: int, *, cursor: bool, plain: bool) -> list[Piece]:
    """A setting in one line: mark, name, value, and where there is room its default and who set it."""
    mark, look = _mark(row, plain)
    name = row.knob.name.replace("_", "-")
    pieces = [
        (f" {mark} ", look),
        (padded(name, NAME, plain=plain), "name cursor-name" if cursor else "name"),
        (padded(value_text(row, value_width(width) - 1, plain=plain), value_width(width)), value_look(row)),
    ]
    if width >= _FULL:
        default = cut(row.knob.default_text, DEFAULT - 1, plain=plain)
        origin = "" if row.origin == "default" else cut(row.origin, ORIGIN, plain=plain)
        pieces += [(padded(default, DEFAULT), "quiet"), (origin, "changed" if row.is_changed else "given")]
    return pieces


def heading_pieces(group: str, width: int, *, labelled: bool) -> list[Piece]:
    """A group's name; over the group that one is in, what its columns are."""
    pieces = [(f" {group}".ljust(VALUE_AT), "group")]
    if labelled and width >= _FULL:
        labels = (("value", value_width(width)), ("default", DEFAULT), ("set by", ORIGIN))
        pieces += [(label.ljust(room), "quiet") for label, room in labels]
    return pieces


def value_text(row: Row, width: int, *, plain: bool) -> str:
    """What stands in the field; of a path the end is what tells."""
    if row.knob.is_switch and row.text in ("true", "false"):
        return "[x] on" if row.text == "true" else "[ ] off"
    fit = cut_front if row.knob.is_path else cut
    return fit(row.shown or "required", width, plain=plain)


def value_look(row: Row) -> str:
    """How the value looks: what nobody gave is quiet."""
    if row.problems:
        return "wrong"
    if row.is_changed:
        return "changed"
    return "quiet" if not row.text or row.origin == "default" else "given"


def remark_pieces(line: Line, *, plain: bool) -> list[Piece]:
    """What is wrong with a setting, or worth a word, below it."""
    glyph = ("x" if plain else "✘") if line.kind == "wrong" else "!"
    return [(" " * MARK, ""), (f"{glyph} {line.text}", line.kind)]


def _mark(row: Row, plain: bool) -> tuple[str, str]:
    if row.problems:
        return ("x" if plain else "✘"), "wrong"
    if row.is_changed:
        return ("*" if plain else "●"), "changed"
    return ("!", "notice") if row.notices else (" ", "")


def _is_missing(row: Row) -> bool:
    return row.knob.required and not row.text
