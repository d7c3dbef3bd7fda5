"""PasteDialog: a command line or a config, pasted and mended until it can be read."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static, TextArea

from slt_engine.config import ConfigError
from slt_tui.form.paste import read_pasted
from slt_tui.screens.dialogs.dialog import Dialog


class PasteDialog(Dialog[str]):
    """Gives a text that can be read; any other stays, with what is wrong."""

    KEYS = "paste into the box   ctrl+s read it   escape cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "read", "Read it", show=False, priority=True),
    ]

    def __init__(self, text: str = "") -> None:
        super().__init__("Paste a command line, or a config in YAML or JSON")
        self._text = text

    def compose_body(self) -> ComposeResult:
        yield TextArea(self._text, id="pasted", soft_wrap=True, show_line_numbers=False)
        yield Static("", classes="wrong", markup=False)

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        area.focus()
        area.move_cursor(area.document.end)
        if self._text:
            self._say_what_is_wrong()

    @on(TextArea.Changed)
    def _forget(self) -> None:
        self.query_one(".wrong", Static).update("")

    def action_read(self) -> None:
        """Take it, if it can be read."""
        if self._say_what_is_wrong():
            return
        self.dismiss(self.query_one(TextArea).text)

    def _say_what_is_wrong(self) -> list[str]:
        try:
            read_pasted(self.query_one(TextArea).text)
        except ConfigError as error:
            self.query_one(".wrong", Static).update("\n".join(error.problems))
            return error.problems
        return []
