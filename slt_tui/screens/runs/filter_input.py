"""FilterInput: one line of words, with the keys that a list needs meanwhile."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from slt_tui.keymap import Keyed


class FilterInput(Keyed, Input):
    """Narrows the list with every key; up and down move in it."""

    SCOPE = "filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep the filter"),
        Binding("escape", "screen.go_back", "Show all"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    class Moved(Message):
        """The cursor of the list is to move."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(
            id=id, placeholder="words of name, tag, note; or state:failed tag:x", select_on_focus=False
        )

    def action_move(self, by: int) -> None:
        self.post_message(self.Moved(by))
