"""A clip's row: how wide its columns are and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from slt_tui.clip_reading.listing import ClipFacts, ClipRow
from slt_tui.clip_reading.selection import ALL, ClipSelection
from slt_tui.widgets.cells import cut, padded
from slt_tui.widgets.painted import Piece

_FRAMES = 6
_TEXT = 9  # what the text keeps beside long ids
_WITH_SPLIT = 60
"""The narrowest list that has a column for the split."""


class Widths(NamedTuple):
    """Columns of a list; 0 for one that is left out."""

    id: int
    split: int
    frames: int
    text: int


def widths_of(width: int, selection: ClipSelection) -> Widths:
    """The id as wide as most need, the text what is left."""
    split = 7 if width >= _WITH_SPLIT and selection.split == ALL and len(selection.splits) > 1 else 0
    room = max(0, width - 2 - _FRAMES - split)
    if not selection.has_texts:
        return Widths(room, split, _FRAMES, 0)
    clip_id = min(max(selection.usual_id_length, 2), max(8, room - _TEXT)) + 1
    return Widths(min(clip_id, room), split, _FRAMES, max(0, room - clip_id))


def heading_pieces(widths: Widths, selection: ClipSelection, *, plain: bool) -> Sequence[Piece]:
    """The names of the columns; the one that the list is sorted by has an arrow."""
    arrow = ("v" if selection.is_turned else "^") if plain else ("▼" if selection.is_turned else "▲")

    def name(column: str) -> str:
        return f"{column}{arrow}" if selection.order == column else column

    return [
        ("  ", "quiet"),
        (padded(name("id"), widths.id), "quiet"),
        (padded("split", widths.split), "quiet"),
        (f"{name('frames'):>{widths.frames}}  "[-widths.frames - 2 :], "quiet"),
        (cut(name("text"), widths.text - 2), "quiet"),
    ]


def row_pieces(
    row: ClipRow, facts: ClipFacts | None, widths: Widths, *, is_current: bool, plain: bool
) -> Sequence[Piece]:
    """One clip; one with a problem has a mark and says so in place of its text."""
    problem = facts.problem if facts else None
    pointer = (">" if plain else "▸") if is_current else " "
    frames = "" if facts is None else "-" if facts.frames is None else str(facts.frames)
    look = "name" if is_current else ""
    words = row.text if row.text is not None else "(no text)"
    return [
        (pointer, "pointer"),
        ("!" if problem else " ", "problem"),
        (padded(row.clip_id, widths.id - 1, plain=plain) + " ", look),
        (padded(row.split, widths.split, plain=plain), "quiet"),
        (f"{frames:>{widths.frames}}  ", "quiet"),
        (cut(_in_one_line(words), widths.text - 2, plain=plain), "quiet" if row.text is None else look),
    ]


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
