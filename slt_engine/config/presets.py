"""Presets: presets/*.yaml by name, the user's own after those that ship, or any file of that form by path."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slt_engine.config.documents import parse_yaml
from slt_engine.config.errors import ConfigError
from slt_engine.config.home import expanded
from slt_engine.config.layers import Layer, load_config_document
from slt_engine.config.resolution import Resolved, resolve

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "presets", _PACKAGE.parent / "presets")  # installed, checked out

PLACEHOLDERS = Layer(
    "placeholder",
    {
        "data.work_dir": "work_dirs/preset",
        "data.metadata_csv": "meta.csv",
        "data.train_index": "index/train.csv",
        "data.val_index": "index/val.csv",
        "data.pose_dir": "processed/pose",
        "data.keypoints_dir": "processed/keypoints",
        "data.gloss_csv": "gloss.csv",
    },
)


@dataclass(frozen=True)
class Preset:
    """A preset file: its name, what it says about itself, and its settings as a layer."""

    name: str
    path: Path
    title: str
    description: str
    source: str
    layer: Layer

    @property
    def ships(self) -> bool:
        """Whether it came with the project; others are the user's."""
        return self.path.parent in _PLACES


def list_presets() -> list[Preset]:
    """Every preset, by name: those that ship, then the user's; raises ConfigError where one cannot be read."""
    return [load_preset(str(path)) for path in _preset_files()]


def preset_names() -> list[str]:
    """The names that --decoder-preset knows, without reading the files."""
    return [path.stem for path in _preset_files()]


def load_preset(name: str) -> Preset:
    """A preset by name (dash and underscore are the same) or by path; raises ConfigError."""
    path = _find(name)
    source = f"preset {path.stem}"
    layer = load_config_document(path, source)
    if layer.problems:
        raise ConfigError(layer.problems)
    about = _about(path)
    return Preset(
        name=path.stem,
        path=path,
        title=str(about.get("title", "")),
        description=" ".join(str(about.get("description", "")).split()),
        source=str(about.get("source", "")),
        layer=Layer(source, layer.values, files=layer.files, preset=path.stem),
    )


def preset_layer(name: str) -> Layer:
    """A preset as a layer; what is wrong with it is among the layer's problems."""
    try:
        return load_preset(name).layer
    except ConfigError as error:
        return Layer(f"preset {name}", problems=tuple(error.problems))


def resolve_preset(name: str) -> Resolved:
    """A preset on its own, with placeholders for the paths that a preset does not know."""
    return resolve([PLACEHOLDERS, load_preset(name).layer])


def check_preset(name: str) -> list[str]:
    """What is wrong with a preset, one line each."""
    try:
        preset = load_preset(name)
        resolve_preset(name)
    except ConfigError as error:
        return error.problems
    absent = [field for field in ("title", "source") if not getattr(preset, field)]
    return [f"preset {preset.name}: about: says no {field}" for field in absent]


def user_presets() -> Path:
    """The directory of the user's own presets; it need not be there."""
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return expanded(home) / "slt" / "presets"


def shipped_names() -> list[str]:
    """The names that no preset of the user's may take."""
    return [path.stem for path in _shipped_files()]


def _preset_files() -> list[Path]:
    shipped = _shipped_files()
    taken = {_plain(path.stem) for path in shipped}
    own = (path for path in sorted(user_presets().glob("*.yaml")) if _plain(path.stem) not in taken)
    return [*shipped, *own]


def _shipped_files() -> list[Path]:
    place = next((place for place in _PLACES if place.is_dir()), None)
    return sorted(place.glob("*.yaml")) if place else []


def _plain(name: str) -> str:
    """A name whichever way it is spelled: dash and underscore are the same."""
    return name.replace("-", "_")


def _find(name: str) -> Path:
    by_name = {_plain(path.stem): path for path in _preset_files()}
    if _plain(name) in by_name:
        return by_name[_plain(name)]
    path = expanded(name)
    if path.suffix.lower() in (".yaml", ".yml", ".json") or path.is_file():
        return path
    close = difflib.get_close_matches(_plain(name), by_name, n=1)
    hint = f"did you mean {close[0]}?" if close else "`slt presets ls` lists them"
    raise ConfigError([f"preset {name}: neither a preset nor a file; {hint}"])


def _about(path: Path) -> dict[str, Any]:
    document = parse_yaml(path.read_text(encoding="utf-8-sig"))
    about = document.get("about") if isinstance(document, dict) else None
    return about if isinstance(about, dict) else {}
