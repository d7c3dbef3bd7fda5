"""ConfirmDialog: yes or no, with what would happen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from slt_tui.screens.dialogs.dialog import Dialog


class ConfirmDialog(Dialog[bool]):
    """True for y; enter says nothing, so that a key too many destroys nothing."""

    KEYS = "y yes   n no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", show=False),
        Binding("n", "answer(False)", "No", show=False),
    ]

    def __init__(self, question: str, lines: Sequence[str] = (), *, is_danger: bool = False) -> None:
        super().__init__(question)
        self._lines = list(lines)
        self.set_class(is_danger, "danger")

    def compose_body(self) -> ComposeResult:
        if self._lines:
            with VerticalScroll(classes="lines"):
                for line in self._lines:
                    yield Static(line, markup=False)

    def action_answer(self, answer: bool) -> None:
        """The answer."""
        self.dismiss(answer)
