"""Layer: what one source says, sparse and unchecked; defaults < preset < --config < flags < --set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTIONS = ("data", "model", "optim", "training")
NOT_READ = ("about", "overrides", "preset")


@dataclass(frozen=True)
class Layer:
    """Settings from one source by dotted key; ``problems`` are those met while reading it.

    ``files`` are the texts of the files it was read from, to be copied into the run's ``sources/``.
    """

    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    preset: str | None = None


def load_config_document(path: Path, source: str | None = None) -> Layer:
    """A --config file, or a config.json that a run left, as a layer."""
    source = source or f"--config {path}"
    text, problem = _read_text(path)
    if problem:
        return Layer(source, problems=(f"{source}: {problem}",))
    try:
        document = _parse(text, path.suffix.lower())
    except ValueError as error:
        return Layer(source, problems=(f"{source}: {error}",))
    layer = document_layer(document, source)
    return Layer(source, layer.values, layer.problems, {path.name: text})


def document_layer(document: Any, source: str) -> Layer:
    """A mapping of sections as a layer."""
    if document is None:
        return Layer(source)
    if not isinstance(document, Mapping):
        return Layer(
            source, problems=(f"{source}: must be a mapping with the sections {', '.join(SECTIONS)}",)
        )
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, part in document.items():
        if name in NOT_READ:
            continue
        if name not in SECTIONS:
            values[str(name)] = part
        elif isinstance(part, Mapping):
            values.update({f"{name}.{key}": value for key, value in part.items()})
        elif part is not None:
            problems.append(f"{source}: {name}: must be a section, a mapping of settings")
    return Layer(source, values, tuple(problems))


def set_layers(pairs: Iterable[str]) -> list[Layer]:
    """KEY=VALUE pairs of --set as layers, the last on top."""
    return [_set_layer(pair) for pair in pairs]


def flag_layers(values: Mapping[str, Any]) -> list[Layer]:
    """Flags that were typed, by dotted key, each a layer named after its flag."""
    from slt_engine.config.knob import knobs_by_key

    return [Layer(knobs_by_key()[key].flag.partition("/")[0], {key: value}) for key, value in values.items()]


def _set_layer(pair: str) -> Layer:
    key, equals, value = pair.partition("=")
    if not equals or not key.strip():
        return Layer("--set", problems=(f"--set: {pair!r} is not KEY=VALUE, such as optim.lr=1e-4",))
    return Layer("--set", {key.strip(): value.strip()})


def _read_text(path: Path) -> tuple[str, str | None]:
    if path.suffix.lower() not in (".yaml", ".yml", ".json"):
        return "", "must end in .yaml, .yml or .json"
    try:
        return path.read_text(encoding="utf-8-sig"), None
    except FileNotFoundError:
        return "", "no such file"
    except OSError as error:
        return "", f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        return "", "is not UTF-8 text"


def _parse(text: str, suffix: str) -> Any:
    from slt_engine.config.documents import parse_json, parse_yaml

    return parse_json(text) if suffix == ".json" else parse_yaml(text)
