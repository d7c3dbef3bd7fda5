"""RunList: which runs are shown and in what order, which are marked, and on which the cursor is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from slt_tui.run_entry import RunEntry
from slt_tui.widgets.run_table.columns import BY_KEY, Column, sorted_entries
from slt_tui.widgets.run_table.query import fits

USUAL = "age"


class RunList:
    """``shown`` are the entries that fit the query, sorted; cursor and marks follow runs, not rows."""

    def __init__(self) -> None:
        self.entries: list[RunEntry] = []
        self.shown: list[RunEntry] = []
        self.marked: set[Path] = set()
        self.column: Column = BY_KEY[USUAL]
        self.is_turned = False
        self.query = ""
        self.row = 0
        self._path: Path | None = None  # of the run that the cursor follows

    @property
    def current(self) -> RunEntry | None:
        """The run under the cursor."""
        return self.shown[self.row] if self.shown else None

    @property
    def chosen(self) -> list[Path]:
        """The marked runs in the order of their paths; where none is marked, the one under the cursor."""
        if self.marked:
            return [entry.path for entry in self.entries if entry.path in self.marked]
        return [self.current.path] if self.current else []

    def take(self, entries: Sequence[RunEntry]) -> None:
        """These are the runs."""
        self.entries = list(entries)
        paths = {entry.path for entry in entries}
        self.marked &= paths
        if self._path not in paths:
            self._path = None
        self._arrange()

    def narrow(self, query: str) -> None:
        """Show only the runs that have these words."""
        self.query = query
        self._arrange()

    def sort(self, column: Column, *, turned: bool) -> None:
        """Sort by a column."""
        self.column, self.is_turned = column, turned
        self._arrange()

    def go_to(self, row: int) -> None:
        """Put the cursor on a row, or the nearest that there is."""
        self.row = max(0, min(row, len(self.shown) - 1))
        self._path = self.current.path if self.current else None

    def _arrange(self) -> None:
        wanted = (entry for entry in self.entries if fits(entry, self.query))
        self.shown = sorted_entries(wanted, self.column, turned=self.is_turned)
        self.row = self._row_of_cursor()

    def _row_of_cursor(self) -> int:
        """That of its run; where that is not shown, the same row, and its run comes back when it is."""
        for row, entry in enumerate(self.shown):
            if entry.path == self._path:
                return row
        row = max(0, min(self.row, len(self.shown) - 1))
        if self._path is None and self.shown:
            self._path = self.shown[row].path
        return row
