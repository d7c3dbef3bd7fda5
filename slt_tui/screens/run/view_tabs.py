"""ViewTabs: the views of a run in one line, the shown one marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.message import Message

from slt_tui.widgets.painted import Painted, Piece


class ViewTabs(Painted):
    """Names with their keys; a click chooses."""

    PREFIX = "tabs"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tabs--key", "tabs--shown", "tabs--muted", "tabs--alert"}
    DEFAULT_CSS = """
    ViewTabs {
        height: 1;
        background: $surface;
        & > .tabs--key { color: $primary; }
        & > .tabs--shown { text-style: bold reverse; }
        & > .tabs--muted { color: $foreground 70%; }
        & > .tabs--alert { color: $warning; }
    }
    """

    class Chosen(Message):
        """A view was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, names: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        self.names = list(names)
        self.shown = self.names[0]
        self.beside = ""
        self.alerts = 0
        super().__init__(id=id)

    def show(self, shown: str, beside: str) -> None:
        """Mark the view that is shown, and the one beside it."""
        self.shown, self.beside = shown, beside
        self.repaint()

    def tell_alerts(self, count: int) -> None:
        """Say how many there are."""
        self.alerts = count
        self.repaint()

    def pieces_of(self, y: int) -> Sequence[Piece]:  # noqa: ARG002
        pieces: list[Piece] = []
        for place, name in enumerate(self.names):
            look = "shown" if name == self.shown else "key" if name == self.beside else "muted"
            pieces += [(f" {place + 1}", "key" if look != "shown" else look), (f" {name} ", look)]
        if self.alerts:
            pieces.append((f"!{self.alerts}", "alert"))
        return pieces

    def on_click(self, event: events.Click) -> None:
        end = 0
        for name in self.names:
            end += len(name) + 4
            if event.x < end:
                self.post_message(self.Chosen(name))
                return
