"""RunTable: runs in rows, drawn line by line. The cursor, the marks and the view follow runs, not rows."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from slt_tui.keymap import Keyed
from slt_tui.readable import LOOKS
from slt_tui.run_entry import RunEntry
from slt_tui.screens.base import is_plain
from slt_tui.widgets.painted import Painted, Piece
from slt_tui.widgets.run_table.columns import BY_KEY, COLUMNS, Column, View, shared_metric
from slt_tui.widgets.run_table.filled import Filled
from slt_tui.widgets.run_table.layout import laid_out
from slt_tui.widgets.run_table.rows import heading_pieces, key_at, row_pieces
from slt_tui.widgets.run_table.run_list import USUAL, RunList

_LOOKS = (
    *("row", "heading", "sorted", "cursor", "pointer", "mark"),
    *("group", "quiet", "course", "tags"),
)


class RunTable(Keyed, Painted, ScrollView, can_focus=True):
    """Shows the entries it is given; ``shown`` are those that fit the query, sorted."""

    DEFAULT_CSS = Path(__file__).with_name("run_table.tcss").read_text()
    SCOPE = "table"
    PREFIX = "run-table"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run-table--{look}" for look in (*_LOOKS, *LOOKS)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("g,home", "go_to_first", "First run", show=False),
        Binding("G,end", "go_to_last", "Last run", show=False),
        Binding("enter", "open", "Open"),
        Binding("l,right", "open", "Open", show=False),
        Binding("space", "mark", "Mark"),
        Binding("v", "mark_shown", "Mark all that are shown", show=False),
        Binding("u", "unmark", "Take all marks off", show=False),
        Binding("greater_than_sign", "sort_by(1)", "Sort by the next column", show=False),
        Binding("less_than_sign", "sort_by(-1)", "Sort by the column before", show=False),
        Binding("o", "turn", "Turn the order round", show=False),
        Binding("O", "sort_as_usual", "Sort by age, as usual", show=False),
    ]

    class Moved(Message):
        """The cursor is on another run, or the run has changed."""

        def __init__(self, entry: RunEntry | None) -> None:
            super().__init__()
            self.entry = entry

    class Opened(Message):
        """A run was chosen."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class Changed(Message):
        """Which runs are shown, marked or sorted by what."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.runs = RunList()
        self._told: RunEntry | None = None
        self._view = View()
        self._columns: list[tuple[Column, int]] = []
        self._filled = Filled()

    def set_entries(self, entries: Sequence[RunEntry]) -> None:
        """Show these runs; what is drawn already and has not changed is not sent again."""
        with self._in_place():
            self.runs.take(entries)

    def set_query(self, words: str) -> None:
        """Show only the runs that have these words."""
        with self._in_place():
            self.runs.narrow(words)

    def sort(self, column: Column, *, turned: bool = False) -> None:
        """Sort by a column."""
        with self._in_place():
            self.runs.sort(column, turned=turned)

    def refresh_ages(self) -> None:
        """Time has passed; what has become a minute older is drawn again."""
        self._view = self._view_now()
        self.repaint()

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        """Up or down by so many rows."""
        self.go_to(self.runs.row + by)

    def action_page(self, by: int) -> None:
        """Up or down by what is in sight."""
        self.go_to(self.runs.row + by * max(1, self.size.height - 2))

    def action_go_to_first(self) -> None:
        self.go_to(0)

    def action_go_to_last(self) -> None:
        self.go_to(len(self.runs.shown) - 1)

    def action_open(self) -> None:
        if self.runs.current:
            self.post_message(self.Opened(self.runs.current.path))

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark off, and go to the next."""
        if self.runs.current:
            self.runs.marked ^= {self.runs.current.path}
            self.go_to(self.runs.row + 1)
            self._tell_changed()

    def action_mark_shown(self) -> None:
        self.runs.marked |= {entry.path for entry in self.runs.shown}
        self._tell_changed()

    def action_unmark(self) -> None:
        self.runs.marked.clear()
        self._tell_changed()

    def action_sort_by(self, by: int) -> None:
        """By the next column, or the one before."""
        place = (COLUMNS.index(self.runs.column) + by) % len(COLUMNS)
        self.sort(COLUMNS[place])

    def action_turn(self) -> None:
        self.sort(self.runs.column, turned=not self.runs.is_turned)

    def action_sort_as_usual(self) -> None:
        self.sort(BY_KEY[USUAL])

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if event.y == 0:
            key = key_at(event.x, self._columns)
            if key:
                self.sort(BY_KEY[key], turned=key == self.runs.column.key and not self.runs.is_turned)
            return
        row = event.y - 1 + self.scroll_offset.y
        if row >= len(self.runs.shown):
            return
        self.go_to(row)
        if event.x < 2:
            self.runs.marked ^= {self.runs.shown[row].path}
            self._tell_changed()
        elif event.chain == 2:
            self.action_open()

    def go_to(self, row: int) -> None:
        """Put the cursor on a row, or the nearest that there is."""
        self.runs.go_to(row)
        self._show_row(self.runs.row)
        self.repaint()
        self._tell_moved()

    # Drawing.

    def pieces_of(self, y: int) -> Sequence[Piece]:
        if y == 0:
            arrow = self.runs.column.key, self.runs.is_turned
            return heading_pieces(self._columns, self._view, arrow) if self.runs.entries else []
        row = y - 1 + self.scroll_offset.y
        if row >= len(self.runs.shown):
            return self._words_for_nothing(y)
        entry = self.runs.shown[row]
        is_marked, has_cursor = entry.path in self.runs.marked, row == self.runs.row
        return row_pieces(entry, self._columns, self._view, marked=is_marked, cursor=has_cursor)

    def ground_of(self, y: int) -> str:
        if y == 0:
            return "heading"
        return "cursor" if self.runs.shown and y - 1 + self.scroll_offset.y == self.runs.row else "row"

    def on_mount(self) -> None:
        self.set_class(is_plain(self), "-plain")
        self.set_entries(self.runs.entries)

    def on_resize(self) -> None:
        self._lay_out()
        self._show_row(self.runs.row)
        self.refresh()

    def _words_for_nothing(self, y: int) -> Sequence[Piece]:
        if self.runs.shown or not self.runs.entries or y not in (2, 3):
            return []
        words = f"No run has {self.runs.query!r}." if y == 2 else "escape shows all runs again"
        return [("   ", ""), (words, "" if y == 2 else "quiet")]

    @contextlib.contextmanager
    def _in_place(self) -> Iterator[None]:
        """Change the list, then draw what differs; the cursor's run stays where it is, if it is in sight."""
        above = self.runs.row - self.scroll_offset.y
        yield
        if self.is_running:
            self._view = self._view_now()
            self._lay_out()
            if 0 <= above < self.size.height - 1:
                if self.scroll_offset.y:
                    self._scroll_to_row(self.runs.row - above)
                self._show_row(self.runs.row)
            self._tell_changed()
            self._tell_moved()

    def _view_now(self) -> View:
        return View(is_plain(self), time.time(), shared_metric(self.runs.entries))

    def _lay_out(self) -> None:
        size = Size(self.size.width, len(self.runs.shown) + 1)
        if self.virtual_size != size:
            self.virtual_size = size
        layout = laid_out(self.size.width - 1, self._filled.of(self.runs.entries, self._view))
        if layout != self._columns:
            self._columns = layout
            self.refresh()

    def _show_row(self, row: int) -> None:
        """Scroll as little as need be."""
        height = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        self._scroll_to_row(min(max(top, row - height + 1), row))

    def _scroll_to_row(self, row: int) -> None:
        if row != self.scroll_offset.y:
            self.scroll_to(y=row, animate=False, force=True, immediate=True)

    def _tell_changed(self) -> None:
        self.repaint()
        self.post_message(self.Changed())

    def _tell_moved(self) -> None:
        if self.runs.current is not self._told:
            self._told = self.runs.current
            self.post_message(self.Moved(self.runs.current))
