"""SavePresetDialog: the name under which a form is kept as a preset, and what it is."""

from __future__ import annotations

from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Label, Static

from slt_engine.config import ConfigError
from slt_engine.config.saving import preset_path
from slt_tui.screens.dialogs.dialog import Dialog


class PresetName(NamedTuple):
    """What a preset is to be called, and what it says about itself."""

    name: str
    title: str
    description: str


class SavePresetDialog(Dialog[PresetName]):
    """A name that cannot be taken stays to be mended."""

    KEYS = "tab next   enter save   escape cancel"

    def __init__(self, title: str = "") -> None:
        super().__init__("Save as a preset of your own")
        self._title = title

    def compose_body(self) -> ComposeResult:
        yield Label("name")
        yield Input(id="name", select_on_focus=False)
        yield Label("title", classes="label")
        yield Input(self._title, id="about", placeholder="what it is, in a few words", select_on_focus=False)
        yield Label("description", classes="label")
        yield Input(id="description", placeholder="what it is for", select_on_focus=False)
        yield Static("", classes="wrong", markup=False)

    @on(Input.Changed)
    def _forget(self) -> None:
        self.query_one(".wrong", Static).update("")

    @on(Input.Submitted)
    def _take(self) -> None:
        name, title, description = (one.value.strip() for one in self.query(Input))
        try:
            preset_path(name, replace=False)
        except ConfigError as error:
            self.query_one(".wrong", Static).update(error.problems[0].replace("; --force replaces it", ""))
            self.query_one("#name", Input).focus()
            return
        self.dismiss(PresetName(name, title, description))
