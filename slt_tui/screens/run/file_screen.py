"""FileScreen: a text file of a run."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text
from textual.app import ComposeResult

from slt_tui.screens.base import WorkbenchScreen
from slt_tui.widgets.log_view import LogPanel

_POLL_S = 1.0


class FileScreen(WorkbenchScreen):
    """Shows a file of any length from its start, and searches it."""

    NAME = "file"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def heading(self) -> Text:
        """Which file."""
        return Text.assemble(
            (" slt ", "reverse bold"), " ", (self.path.name, "bold"), f"   {self.path.parent}"
        )

    def compose_body(self) -> ComposeResult:
        yield LogPanel([self.path])

    def on_mount(self) -> None:
        panel = self.query_one(LogPanel)
        panel.focus()
        self.call_after_refresh(panel.view.action_first)
        self.set_interval(_POLL_S, panel.look)
