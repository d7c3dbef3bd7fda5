"""ProblemDialog: what is wrong, a line each, to be read and copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from slt_tui.screens.dialogs.dialog import Dialog


class ProblemDialog(Dialog[None]):
    """Enter and escape close it."""

    KEYS = "enter close   y copy"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "cancel", "Close", show=False),
        Binding("y", "copy", "Copy", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title)
        self.lines = list(lines)

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(classes="lines"):
            for line in self.lines:
                yield Static(line, markup=False)

    def action_copy(self) -> None:
        """The lines, to the terminal's clipboard."""
        self.app.copy_to_clipboard("\n".join(self.lines))
        self.notify("copied", timeout=2)
