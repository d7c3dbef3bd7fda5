"""JumpScreen: a letter on everything that can have the focus; the letter goes there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.geometry import Offset
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Label

LETTERS = "asdfghjklqwertyuiopzxcvbnm"


class JumpScreen(ModalScreen[Widget]):
    """Dismissed with the widget that was chosen, or None."""

    DEFAULT_CSS = """
    JumpScreen { background: $background 40%; }
    JumpScreen Label { position: absolute; background: $accent; color: $background; text-style: bold; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+o", "dismiss(None)", "Close", show=False)]

    def __init__(self, targets: Mapping[str, Widget]) -> None:
        super().__init__()
        self.targets = dict(targets)

    def compose(self) -> ComposeResult:
        for letter, widget in self.targets.items():
            label = Label(letter)
            label.styles.offset = Offset(*widget.region.offset)
            yield label

    def on_key(self, event: Key) -> None:
        if event.key in self.targets:
            event.stop()
            self.dismiss(self.targets[event.key])


def jump_targets(screen: Screen[object]) -> dict[str, Widget]:
    """What can have the focus and is seen, by letter."""
    seen: Sequence[Widget] = [
        widget
        for widget in screen.focus_chain
        if widget.region.size and screen.region.contains_region(widget.region.intersection(screen.region))
    ]
    return dict(zip(LETTERS, seen, strict=False))
