"""python -m tests.bench.form_app ours|mounted: an app in which `o` opens a form of every setting."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Label, Static, Switch

import slt_tui.launch
from slt_engine.config import knobs
from slt_tui.messages import Origin
from slt_tui.screens.new_run import NewRunScreen


class Mounted(Screen[None]):
    """A label and a field for every setting."""

    CSS = "Mounted Horizontal { height: 1; } Mounted Input { border: none; height: 1; } Mounted Switch { height: 1; }"

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            for knob in knobs():
                with Horizontal():
                    yield Label(f"{knob.flag} ")
                    yield Switch() if knob.is_switch else Input(knob.default_text)


def ours() -> Screen[None]:
    """The form, on a preset."""
    return NewRunScreen(Origin(preset="demo"))


FORMS: dict[str, Callable[[], Screen[None]]] = {"ours": ours, "mounted": Mounted}


class Forms(App[None]):
    """Waits for `o`."""

    CSS_PATH = Path(slt_tui.launch.__file__).with_name("app.tcss")

    def compose(self) -> ComposeResult:
        yield Static("ready")

    def key_o(self) -> None:
        self.push_screen(FORMS[sys.argv[1]]())


if __name__ == "__main__":
    Forms().run()
