"""FileList: names, sizes, ages, and of checkpoints the epoch; one that is text can be opened."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from slt_tui.readable import age, size
from slt_tui.run_files import MOST, RunFile
from slt_tui.widgets.cells import padded
from slt_tui.widgets.painted import Piece
from slt_tui.widgets.row_list import ListRow, RowList

_LONGEST_NAME = 44


class FileList(RowList):
    """Shows files; `RowList.Opened` has the name of the one that was opened."""

    SCOPE = "files"

    def show_files(self, files: Sequence[RunFile], now: float) -> None:
        """Show these, as old as they are then."""
        width = min(_LONGEST_NAME, max((cell_len(file.name) for file in files), default=0))
        rows = [ListRow("", [("file".ljust(width), "muted"), ("     size      age", "muted")])]
        rows += [ListRow(file.name, _pieces(file, width, now)) for file in files]
        if not files:
            rows = [ListRow("", [("no files", "muted")])]
        if len(files) == MOST:
            rows.append(ListRow("", [(f"only {MOST:,} of them are listed", "muted")]))
        self.show_rows(rows)


def _pieces(file: RunFile, width: int, now: float) -> list[Piece]:
    return [
        (padded(file.name, width), ""),
        (size(file.size).rjust(9), "muted"),
        (age(max(0.0, now - file.modified)).rjust(9), "muted"),
        ("   " + file.note if file.note else "", "good"),
    ]
