"""Filled: how many cells each column could fill, over all runs, so that filtering and scrolling shift nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from rich.cells import cell_len

from slt_tui.run_entry import RunEntry
from slt_tui.widgets.run_table.columns import COLUMNS, View
from slt_tui.widgets.run_table.rows import heading_text


class _Known(NamedTuple):
    entry: RunEntry
    metric: str | None
    cells: dict[str, int]


class Filled:
    """Measures each run once."""

    def __init__(self) -> None:
        self._known: dict[Path, _Known] = {}

    def of(self, entries: Iterable[RunEntry], view: View) -> dict[str, int]:
        """The cells by column, its heading's among them; 0 where no run has anything to say."""
        filled = dict.fromkeys((column.key for column in COLUMNS), 0)
        known: dict[Path, _Known] = {}
        for entry in entries:
            mine = self._known.get(entry.path)
            if mine is None or mine.entry is not entry or mine.metric != view.metric:
                mine = _Known(entry, view.metric, _measured(entry, view))
            known[entry.path] = mine
            for key, cells in mine.cells.items():
                if cells > filled[key]:
                    filled[key] = cells
        self._known = known
        headings = {column.key: cell_len(heading_text(column, view)) for column in COLUMNS}
        return {key: max(cells, headings[key]) if cells else 0 for key, cells in filled.items()}


def _measured(entry: RunEntry, view: View) -> dict[str, int]:
    cells = {column.key: cell_len(column.text(entry, view)) for column in COLUMNS}
    return {**cells, "course": len(entry.course) if any(v is not None for v in entry.course) else 0}
