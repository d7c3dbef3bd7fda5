"""Dialog: a box over the screen with a title, a body and the keys that answer it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None]):
    """``compose_body`` between the title and the line of keys; dismissed with the answer, or None."""

    CSS_PATH = Path(__file__).with_name("dialogs.tcss")
    KEYS: ClassVar[str] = "enter ok   escape cancel"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title_text = title

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self.title_text, id="title", markup=False)
            yield from self.compose_body()
            yield Static(self.KEYS, id="keys", markup=False)

    def compose_body(self) -> ComposeResult:
        """What is asked."""
        yield from ()

    def action_cancel(self) -> None:
        """No answer."""
        self.dismiss(None)
