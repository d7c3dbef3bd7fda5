"""CompareLines: lines in which each run has its colour and its mark."""

from __future__ import annotations

from collections.abc import Sequence
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
_LEAST_NAME, _MOST_NAME = 4, 32
_GAP = "   "


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
    """Each run's mark, state and name, in as many lines as it takes; the baseline is told."""

    DEFAULT_CSS = "RunLine { height: 1; }"
    _height = 1

    def show_runs(self, runs: Sequence[ComparedRun], baseline: int, most_lines: int) -> None:
        """Show these runs, their names as long as there is room in so many lines, or in as few as can be."""
        fitting = [self._flowed(runs, baseline, room) for room in range(_LEAST_NAME, _MOST_NAME + 1)]
        most = max(most_lines, len(fitting[0]))
        self.show_all(next(lines for lines in reversed(fitting) if len(lines) <= most))

    def show_all(self, lines: Sequence[list[Piece]]) -> None:
        """Show lines in as much height as they take."""
        self.show(lines)
        if len(self.lines) != self._height:
            self._height = len(self.lines)
            self.styles.height = max(1, self._height)

    def _flowed(self, runs: Sequence[ComparedRun], baseline: int, room: int) -> list[list[Piece]]:
        chips = [self._chip(run, room, is_base=place == baseline) for place, run in enumerate(runs)]
        return flowed(chips, self.content_size.width)

    def _chip(self, run: ComparedRun, room: int, *, is_base: bool) -> list[Piece]:
        plain = is_plain(self)
        name: Piece = (cut(run.name, room, plain=plain), "")
        return [*_mark(run, plain=plain), (" ", ""), name, *([(_BASE, "muted")] if is_base else [])]


def flowed(chips: Sequence[list[Piece]], width: int) -> list[list[Piece]]:
    """Chips beside each other, and below each other where a line is full."""
    lines: list[list[Piece]] = []
    used = width
    for chip in chips:
        needed = sum(cell_len(text) for text, _ in chip)
        if lines and used + len(_GAP) + needed <= width:
            lines[-1] += [(_GAP, ""), *chip]
            used += len(_GAP) + needed
        else:
            lines.append(list(chip))
            used = needed
    return lines


def name_piece(run: ComparedRun, width: int, *, plain: bool) -> list[Piece]:
    """A run at the beginning of a row, in so many columns."""
    mark = series_mark(run.place)
    return [
        (f"{mark} ", f"run{run.place} strong"),
        (padded(run.name, width - 2, plain=plain), f"run{run.place}"),
    ]


def _mark(run: ComparedRun, *, plain: bool) -> list[Piece]:
    state = run.standing.state
    look = LOOKS[state]
    style = "warning" if state in _STOPS else _STATES.get(state, "muted")
    return [
        (series_mark(run.place), f"run{run.place} strong"),
        (f" {look.ascii if plain else look.glyph} {state}", style),
    ]


_BASE = " (base)"
