"""Candidates: what could stand in the field that is being edited; paths as a shell completes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.message import Message

from slt_engine.config import Knob
from slt_tui.path_completion import complete_path
from slt_tui.screens.base import is_plain
from slt_tui.widgets.cells import cut_front
from slt_tui.widgets.painted import Painted, Piece

MOST = 8  # lines


def candidates_for(knob: Knob, text: str, *, is_typed: bool) -> list[str]:
    """The choices that have the text in them, all before anything was typed; of a path its continuations."""
    if knob.choices:
        fitting = [choice for choice in knob.choices if text.lower() in choice]
        return (fitting or list(knob.choices)) if is_typed else list(knob.choices)
    if knob.is_path:
        return complete_path(text, directories_only=knob.kind in ("directory", "path"))
    return []


class Candidates(Painted, can_focus=False):
    """Shows the texts it is given, one of them chosen or none."""

    PREFIX = "candidates"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"candidates--{look}" for look in ("row", "chosen", "quiet")}

    class Picked(Message):
        """One was clicked."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.texts: Sequence[str] = ()
        self.place: int | None = None

    @property
    def chosen(self) -> str | None:
        """The one that enter takes."""
        return self.texts[self.place] if self.place is not None else None

    @property
    def lines(self) -> int:
        """How many lines it wants."""
        return min(len(self.texts), MOST)

    def set_texts(self, texts: Sequence[str], chosen: str | None = None) -> None:
        """Show these, with ``chosen`` under the cursor if it is one of them."""
        self.texts = texts
        self.place = texts.index(chosen) if chosen in texts else None
        self.repaint()

    def move(self, by: int) -> bool:
        """The next one, or the one before; whether there is any."""
        if not self.texts:
            return False
        start = -1 if by > 0 else 0
        self.place = ((start if self.place is None else self.place) + by) % len(self.texts)
        self.repaint()
        return True

    def pieces_of(self, y: int) -> Sequence[Piece]:
        number = self._top() + y
        if number >= len(self.texts):
            return []
        more = y == self.size.height - 1 and number < len(self.texts) - 1
        note = f" {len(self.texts) - number - 1} more" if more else ""
        width = max(1, self.size.width - 2 - len(note))
        return [
            (f" {cut_front(self.texts[number], width, plain=is_plain(self)):<{width}}", ""),
            (note, "quiet"),
        ]

    def ground_of(self, y: int) -> str:
        return "chosen" if self._top() + y == self.place else "row"

    def on_click(self, event: events.Click) -> None:
        event.stop()
        number = self._top() + event.y
        if number < len(self.texts):
            self.post_message(self.Picked(self.texts[number]))

    def on_resize(self) -> None:
        self.repaint()

    def _top(self) -> int:
        return max(0, (self.place or 0) - max(1, self.size.height) + 1)
