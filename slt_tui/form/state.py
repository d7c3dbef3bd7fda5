"""FormState: what a run is built on, and what was changed on top; bad input is kept as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from slt_engine.config import ConfigError, Knob, Layer, knobs_by_key, load_config_document, preset_layer
from slt_engine.config.texts import means_the_same, text_of

UNSAID = object()


@dataclass(frozen=True)
class Base:
    """What lies under the changes: a preset, a config file (a run's config.json is one), both, or nothing."""

    preset: str | None = None
    config: Path | None = None
    layers: tuple[Layer, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def read(cls, preset: str | None = None, config: Path | None = None) -> Base:
        """What is wrong with either is among the problems of its layer."""
        layers = [preset_layer(preset)] if preset else []
        if config:
            layers.append(load_config_document(config))
        return cls(preset, config, tuple(layers))

    @property
    def words(self) -> list[str]:
        """Its part of a command line."""
        preset = ["--decoder-preset", self.preset] if self.preset else []
        return [*preset, *(["--config", str(self.config)] if self.config else [])]

    @property
    def title(self) -> str:
        """What to call it."""
        parts = [f"preset {self.preset}"] if self.preset else []
        if self.config and self.config.name == "config.json":
            parts.append(f"run {self.config.parent.name}")
        elif self.config:
            parts.append(f"file {self.config}")
        return " and ".join(parts) or "the defaults"

    def value(self, key: str) -> Any:
        """What it says about a setting, the strongest layer first; the default where it says nothing."""
        for layer in reversed(self.layers):
            if key in layer.values:
                return layer.values[key]
        knob = knobs_by_key()[key]
        return UNSAID if knob.required else knob.default

    def text(self, key: str) -> str:
        """The same as one would type it; empty where nothing is given."""
        value = self.value(key)
        return "" if value is UNSAID or value is None else text_of(value)


@dataclass(frozen=True)
class FormState:
    """Changes are texts by key, as typed; one that says what the base says is no change."""

    base: Base = field(default_factory=Base)
    changes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __hash__(self) -> int:
        return hash((self.base, tuple(sorted(self.changes.items()))))

    def text(self, key: str) -> str:
        """What stands in a field."""
        return self.changes.get(key, self.base.text(key))

    def with_change(self, key: str, text: str) -> FormState:
        """The state after somebody typed ``text``; nothing typed is taken back to the base."""
        if text == "" or means_the_same(key, text, self.base.value(key)):
            return self.without(key)
        return replace(self, changes=MappingProxyType({**self.changes, key: text}))

    def with_changes(self, texts: Mapping[str, str]) -> FormState:
        """Several changes, one after the other."""
        state = self
        for key, text in texts.items():
            state = state.with_change(key, text)
        return state

    def without(self, key: str) -> FormState:
        """The state with the base's value."""
        left = {name: text for name, text in self.changes.items() if name != key}
        return replace(self, changes=MappingProxyType(left))

    def with_file(self, path: Path) -> FormState:
        """The state with what a config file says under the changes; over those where there is a file already.

        Raises ConfigError where it cannot be read.
        """
        layer = load_config_document(path)
        if layer.problems:
            raise ConfigError(layer.problems)
        if self.base.config is None:
            return FormState(Base.read(self.base.preset, path)).with_changes(self.changes)
        known = {key: value for key, value in layer.values.items() if key in knobs_by_key()}
        return self.with_changes({key: text_of(value) for key, value in known.items()})

    def layers(self) -> list[Layer]:
        """What each source says, as the command line would have it."""
        order = {key: place for place, key in enumerate(knobs_by_key())}
        changed = sorted(self.changes, key=order.__getitem__)
        return [*self.base.layers, *(_layer(knobs_by_key()[key], self.changes[key]) for key in changed)]


def switch_value(text: str) -> bool | None:
    """What a switch is set to; None for a text that only --set could carry."""
    return {"true": True, "false": False}.get(text)


def spelling(knob: Knob, value: bool | None = None) -> str:
    """The flag, or the one of a switch's two spellings that says ``value``; empty where there is none."""
    on, _, off = knob.flag.partition("/")
    return off if value is False else on


def _layer(knob: Knob, text: str) -> Layer:
    if not knob.is_switch:
        return Layer(knob.flag.partition("/")[0], {knob.key: text})
    value = switch_value(text)
    if value is None or not spelling(knob, value):
        return Layer("--set", {knob.key: text})
    return Layer(spelling(knob), {knob.key: value})
