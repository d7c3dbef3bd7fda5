"""CommandLog: what was done in this session, as the command lines that do the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static


class CommandLog(ModalScreen[None]):
    """The latest at the bottom; y or enter copies a line."""

    CSS_PATH = Path(__file__).with_name("help.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+l,q", "dismiss", "Close", show=False),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
        Binding("y", "copy", "Copy", show=False),
    ]

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self.lines = list(lines)

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static("What was done here, as command lines", id="title", markup=False)
            if self.lines:
                yield OptionList(*self.lines, markup=False)
            else:
                yield Static("Nothing yet: stop, resume, tag, launch and the like are written down here.")
            yield Static("y copy   escape close", id="keys", markup=False)

    def on_mount(self) -> None:
        if self.lines:
            self.query_one(OptionList).highlighted = len(self.lines) - 1

    def on_option_list_option_selected(self) -> None:
        self.action_copy()

    def action_move(self, by: int) -> None:
        """Up or down."""
        if not self.lines:
            return
        listed = self.query_one(OptionList)
        listed.action_cursor_down() if by > 0 else listed.action_cursor_up()

    def action_copy(self) -> None:
        """The line, to the terminal's clipboard."""
        if self.lines:
            line = self.lines[self.query_one(OptionList).highlighted or 0]
            self.app.copy_to_clipboard(line)
            self.notify(line, title="copied", timeout=2)
