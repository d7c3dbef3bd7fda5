"""KnobEditor: the one field in which values are typed; it lies over the row that is being edited."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from slt_tui.keymap import Keyed


class KnobEditor(Keyed, Input):
    """Says what was done with the keys; what they mean for a setting, the form knows."""

    SCOPE = "field"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Take"),
        Binding("tab", "complete", "Next"),
        Binding("shift+tab", "leave(-1)", "Setting before", show=False),
        Binding("down", "move(1)", "Next candidate, next setting", show=False),
        Binding("up", "move(-1)", "Candidate before, setting before", show=False),
        Binding("escape", "cancel", "Cancel"),
    ]

    class Left(Message):
        """The text is to be taken; ``by`` says where to go then, ``goes_on`` whether to edit there."""

        def __init__(self, by: int = 0, *, goes_on: bool = False) -> None:
            super().__init__()
            self.by, self.goes_on = by, goes_on

    class Completed(Message):
        """Tab."""

    class CandidateMoved(Message):
        """Up or down."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Cancelled(Message):
        """Escape: the value stays as it was."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False  # a form that is left open sends nothing

    def action_complete(self) -> None:
        self.post_message(self.Completed())

    def action_leave(self, by: int) -> None:
        """Take the text and edit the next setting, or the one before."""
        self.post_message(self.Left(by, goes_on=True))

    def action_move(self, by: int) -> None:
        """To another candidate."""
        self.post_message(self.CandidateMoved(by))

    def action_cancel(self) -> None:
        self.post_message(self.Cancelled())

    async def action_submit(self) -> None:
        self.post_message(self.Left())

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        if self.display and self.screen.focused is not self:
            self.post_message(self.Left())
