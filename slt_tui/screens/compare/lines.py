"""CompareLines: lines in which each run has its colour and its mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len

from slt_tui.comparison.live import MOST, ComparedRun
from slt_tui.palette import SERIES, SERIES_LIGHT, series_mark
from slt_tui.readable import LOOKS
from slt_tui.screens.base import is_plain
from slt_tui.widgets.cells import cut, padded
from slt_tui.widgets.painted import Piece
from slt_tui.widgets.row_list import LineList

_STATES = {"running": "good", "finished": "mark", "failed": "error", "lost": "error"}
_STOPS = ("stopped", "stopping")
_LEAST_NAME = 4


class CompareLines(LineList):
    """Besides LineList's looks there are ``run0`` to ``run7``."""

    SCOPE = "list"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"list--run{place}" for place in range(MOST)}
    DEFAULT_CSS = "\n".join(
        [
            "CompareLines { padding: 0 1; }",
            *(f"CompareLines > .list--run{place} {{ color: {SERIES[place]}; }}" for place in range(MOST)),
            *(
                f"CompareLines:light > .list--run{place} {{ color: {SERIES_LIGHT[place]}; }}"
                for place in range(MOST)
            ),
        ]
    )


class RunLine(CompareLines, can_focus=False):
    """One line: each run's mark, state and name; the baseline is told."""

    def show_runs(self, runs: Sequence[ComparedRun], baseline: int) -> None:
        """Show these runs, their names as long as there is room."""
        width = self.content_size.width
        marks = [[*_mark(run, plain=is_plain(self)), (" ", "")] for run in runs]
        spent = (
            sum(cell_len(text) for mark in marks for text, _ in mark) + len("   ") * len(runs) + len(_BASE)
        )
        room = max(_LEAST_NAME, (width - spent) // max(1, len(runs)))
        pieces: list[Piece] = []
        for place, (run, mark) in enumerate(zip(runs, marks, strict=True)):
            pieces += [("   ", "")] if place else []
            pieces += [*mark, (cut(run.name, room, plain=is_plain(self)), "")]
            pieces += [(_BASE, "muted")] if place == baseline else []
        self.show([pieces])


def name_piece(run: ComparedRun, width: int, *, plain: bool) -> list[Piece]:
    """A run at the beginning of a row, in so many columns."""
    mark = series_mark(run.place)
    return [
        (f"{mark} ", f"run{run.place} strong"),
        (padded(run.name, width - 2, plain=plain), f"run{run.place}"),
    ]


def wrapped(pieces: Sequence[Piece], width: int) -> Iterator[list[Piece]]:
    """The pieces in lines of so many columns, broken between words."""
    line: list[Piece] = []
    used = 0
    for text, look in pieces:
        for word in _words(text):
            if line and used + cell_len(word.rstrip()) > width:
                yield line
                line, used, word = [], 0, word.lstrip()
            if word:
                line.append((word, look))
                used += cell_len(word)
    yield line


def _words(text: str) -> Iterator[str]:
    """Words with the blanks that follow them."""
    begin = 0
    for place in range(1, len(text)):
        if text[place - 1] == " " and text[place] != " ":
            yield text[begin:place]
            begin = place
    yield text[begin:]


def _mark(run: ComparedRun, *, plain: bool) -> list[Piece]:
    state = run.standing.state
    look = LOOKS[state]
    style = "warning" if state in _STOPS else _STATES.get(state, "muted")
    return [
        (series_mark(run.place), f"run{run.place} strong"),
        (f" {look.ascii if plain else look.glyph} {state}", style),
    ]


_BASE = " (base)"
