"""Settings -> a preset or --config file of the user's: sparse, with what it says about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from slt_engine.config.errors import ConfigError
from slt_engine.config.knob import knobs, knobs_by_key
from slt_engine.config.layers import SECTIONS, Layer
from slt_engine.config.presets import PLACEHOLDERS, shipped_names, user_presets
from slt_engine.config.record import NAMES_THE_RUN
from slt_engine.config.resolution import resolve
from slt_engine.config.texts import canonical

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def merge_layers(layers: list[Layer]) -> dict[str, Any]:
    """What the layers say together, the strongest last, in the order of the knobs and in JSON's types."""
    said = {key: value for layer in layers for key, value in layer.values.items()}
    return {knob.key: canonical(knob.key, said[knob.key]) for knob in knobs() if knob.key in said}


def config_text(values: Mapping[str, Any], about: Mapping[str, str] | None = None) -> str:
    """``values`` as the YAML of a --config file."""
    document: dict[str, Any] = {"about": dict(about)} if about else {}
    for section in SECTIONS:
        part = {
            knobs_by_key()[key].name: value
            for key, value in values.items()
            if knobs_by_key()[key].section == section
        }
        if part:
            document[section] = part
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def preset_path(name: str, *, replace: bool) -> Path:
    """Where a preset of the user's lies. Raises ConfigError for a name that ships, is taken or is no name."""
    said = f"preset {name}"
    if not NAME.fullmatch(name):
        raise ConfigError([f"{said}: a name is letters, digits, dots, dashes and underscores"])
    if name.replace("-", "_") in {shipped.replace("-", "_") for shipped in shipped_names()}:
        raise ConfigError([f"{said}: ships with the project; choose another name"])
    path = user_presets() / f"{name}.yaml"
    if path.exists() and not replace:
        raise ConfigError([f"{said}: is there already ({path}); --force replaces it"])
    return path


def save_preset(
    name: str, layers: list[Layer], *, title: str = "", description: str = "", replace: bool = False
) -> Path:
    """Keep what the layers say as a preset of the user's, and give its path; the run's own directory is left out.

    Relative paths are made absolute, so that the preset means the same files wherever it is used.
    Raises ConfigError for settings that cannot be used, and for a name that cannot.
    """
    path = preset_path(name, replace=replace)
    resolve([PLACEHOLDERS, *layers])
    values = {
        key: _absolute(key, value)
        for key, value in merge_layers(layers).items()
        if key != NAMES_THE_RUN and value != _default(key)
    }
    about = {"title": title or name, "description": description, "source": "saved by slt presets save"}
    text = config_text(values, {key: value for key, value in about.items() if value})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.tmp")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be written: {error.strerror}"]) from None
    return path


def _default(key: str) -> Any:
    return canonical(key, knobs_by_key()[key].default)


def _absolute(key: str, value: Any) -> Any:
    if knobs_by_key()[key].is_path and isinstance(value, str):
        return str(Path(value).absolute())
    return value
