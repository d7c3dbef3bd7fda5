"""What a form gives besides its command line: the changes one by one, the YAML of the run, a preset."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from slt_engine.config import knobs
from slt_engine.config.saving import config_text, merge_layers, save_preset
from slt_tui.form.command import command_words
from slt_tui.form.state import FormState


class Change(NamedTuple):
    """A setting that the form has otherwise than what it is built on."""

    key: str
    before: str
    after: str


def list_changes(state: FormState) -> list[Change]:
    """Every change, in the order of the knobs."""
    return [
        Change(knob.key, _before(state, knob.key, knob.default_text), state.changes[knob.key])
        for knob in knobs()
        if knob.key in state.changes
    ]


def config_file_text(state: FormState) -> str:
    """A --config file that says what the form says: the base's settings and the changes."""
    return config_text(merge_layers(state.layers()))


def keep_preset(
    state: FormState, name: str, *, title: str = "", description: str = "", replace: bool = False
) -> Path:
    """Keep the form as a preset of the user's. Raises ConfigError."""
    return save_preset(name, state.layers(), title=title, description=description, replace=replace)


def preset_words(state: FormState, name: str, *, title: str = "", description: str = "") -> list[str]:
    """The words of the command that does the same."""
    about = {"--title": title, "--description": description}
    told = [word for flag, text in about.items() if text for word in (flag, text)]
    return ["slt", "presets", "save", name, *told, *command_words(state)[2:]]


def _before(state: FormState, key: str, default_text: str) -> str:
    text = state.base.text(key)
    return text or ("" if default_text == "required" else default_text)
