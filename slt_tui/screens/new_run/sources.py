"""SourceList: what a new run can begin from, presets with what they say about themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from slt_engine.config import ConfigError, Preset, load_preset
from slt_engine.config.presets import preset_names
from slt_tui.keymap import Keyed
from slt_tui.messages import Origin

_NAME = 20
OTHERS = (
    ("clone", "clone a run", "the settings of a past run, in a directory beside it"),
    ("paste", "paste", "a command line of ours or of the guide, or a config in YAML or JSON"),
    ("file", "open a file", "a --config file, or a run's config.json"),
    ("nothing", "the defaults", "every setting as it is when nothing is said"),
)


@dataclass(frozen=True)
class Source:
    """A way to begin: ``origin`` where it is known, else ``ask`` says what is still to be asked."""

    name: str
    about: str
    origin: Origin | None = None
    ask: str = ""


def list_sources(draft: str = "") -> list[Source]:
    """Every way to begin; a draft that was left comes first."""
    begun = [Source("unfinished", "the form that was not launched last time", Origin(command=draft))]
    presets = [
        Source(preset.name, _about(preset), Origin(preset=preset.name))
        for preset in map(_read, preset_names())
        if preset is not None
    ]
    others = [Source(name, about, ask=ask) for ask, name, about in OTHERS]
    return [*(begun if draft else []), *presets, *others]


class SourceList(Keyed, OptionList):
    """One way to begin is chosen."""

    SCOPE = "sources"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
        Binding("c", "ask('clone')", "Clone a run"),
        Binding("p", "ask('paste')", "Paste"),
        Binding("f", "ask('file')", "File"),
        Binding("d", "ask('nothing')", "Defaults"),
    ]

    class Chosen(Message):
        """A way to begin was chosen."""

        def __init__(self, origin: Origin) -> None:
            super().__init__()
            self.origin = origin

    class Asked(Message):
        """What to begin from is to be asked for: ``clone``, ``paste``, ``file`` or ``nothing``."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    class Pasted(Message):
        """A text came from the terminal's clipboard."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._sources: list[Source] = []

    def set_sources(self, sources: Sequence[Source]) -> None:
        """Show these."""
        self._sources = list(sources)
        self._draw_options()

    def on_resize(self) -> None:
        self._draw_options()

    def _draw_options(self) -> None:
        width = max(20, self.size.width - _NAME - 4)
        at = self.highlighted
        self.set_options(Option(_drawn(source, width)) for source in self._sources)
        self.highlighted = min(at or 0, len(self._sources) - 1) if self._sources else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        source = self._sources[event.option_index]
        self.post_message(self.Chosen(source.origin) if source.origin else self.Asked(source.ask))

    def action_ask(self, what: str) -> None:
        """Begin in this way."""
        self.post_message(self.Asked(what))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.post_message(self.Pasted(event.text))


def _drawn(source: Source, width: int) -> Text:
    """Its name, and beside it what it says about itself."""
    first, *rest = [part for line in source.about.split("\n") for part in textwrap.wrap(line, width)] or [""]
    text = Text(f"{source.name:<{_NAME}}", style="bold").append(first, style="not bold")
    for line in rest:
        text.append("\n" + " " * _NAME + line, style="not bold dim")
    return text


def _read(name: str) -> Preset | None:
    """None for a file that cannot be read: `slt presets check` says why."""
    try:
        return load_preset(name)
    except ConfigError:
        return None


def _about(preset: Preset) -> str:
    own = "" if preset.ships else f" ({_short(preset.path)})"
    return f"{preset.title or preset.name}{own}\n{preset.description}".rstrip()


def _short(path: Path) -> str:
    home = str(Path.home())
    return str(path).replace(home, "~", 1) if str(path).startswith(home) else str(path)
