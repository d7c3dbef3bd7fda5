"""RunDetail: what there is to say of the run under the cursor, below the table."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.widget import Widget

from slt_tui.readable import LOOKS
from slt_tui.run_entry import RunEntry
from slt_tui.screens.base import is_plain
from slt_tui.widgets.painted import Painted, Piece
from slt_tui.widgets.run_table.story import Story, story_of

_LOOKS = ("name", "label", "quiet", "course", "tags", "done", "open")


class RunDetail(Painted, Widget):
    """Shows one entry, and the last line of its log."""

    DEFAULT_CSS = Path(__file__).with_name("detail.tcss").read_text()
    PREFIX = "run-detail"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run-detail--{look}" for look in (*_LOOKS, *LOOKS)}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._entry: RunEntry | None = None
        self._log_line = ""
        self._lines: Story = []

    def show(self, entry: RunEntry | None, log_line: str = "") -> None:
        """Tell of this run; only what differs from what stands there is sent."""
        self._entry, self._log_line = entry, log_line
        self.refresh_times()

    def refresh_times(self) -> None:
        """Time has passed: what is left of a run at work has become less."""
        self._tell()
        self.repaint()

    def on_resize(self) -> None:
        self._tell()
        self.refresh()

    def pieces_of(self, y: int) -> Sequence[Piece]:
        return self._lines[y] if y < len(self._lines) else []

    def _tell(self) -> None:
        if self._entry is None:
            self._lines = []
            return
        self._lines = story_of(
            self._entry,
            self._log_line,
            width=self.size.width,
            height=self.size.height,
            plain=is_plain(self),
            now=time.time(),
        )
