"""Layers -> Config and what differs from the defaults; every problem names key, source and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from slt_engine.config.config import Config
from slt_engine.config.errors import ConfigError, Problem
from slt_engine.config.knob import knobs, knobs_by_key
from slt_engine.config.layers import SECTIONS, Layer
from slt_engine.config.messages import explain
from slt_engine.config.rules import BrokenRule


class Override(NamedTuple):
    """A setting that differs from its default, and who said so."""

    key: str
    default: Any
    value: Any
    source: str


@dataclass(frozen=True)
class Resolved:
    """Settings put together: checked, with their origin and the files that they came from."""

    config: Config
    overrides: tuple[Override, ...]
    origin: Mapping[str, str]
    files: Mapping[str, str]
    preset: str | None = None
    command: str = ""


def resolve(layers: Iterable[Layer], *, command: str = "") -> Resolved:
    """The settings that the layers add up to, later ones on top; raises ConfigError with every problem."""
    layers = list(layers)
    unread = [Problem(text) for layer in layers for text in layer.problems]
    unknown = [
        _unknown(key, layer.source) for layer in layers for key in layer.values if key not in knobs_by_key()
    ]
    values = {key: value for layer in layers for key, value in layer.values.items() if key in knobs_by_key()}
    origin = {key: layer.source for layer in layers for key in layer.values}
    try:
        config = Config.model_validate(_nest(values))
    except ValidationError as error:
        wrong = _explain_all(error, origin, values_are_missing=bool(unread))
        raise ConfigError([*unread, *unknown, *wrong]) from None
    heads = _heads_typed_in_vain(config, origin)
    if unread or unknown or heads:
        raise ConfigError([*unread, *unknown, *heads])
    return Resolved(
        config=config,
        overrides=list_overrides(config, origin),
        origin=origin,
        files=_gather_files(layers),
        preset=next((layer.preset for layer in layers if layer.preset), None),
        command=command,
    )


def _heads_typed_in_vain(config: Config, origin: Mapping[str, str]) -> list[Problem]:
    """A config.json names every setting; only one that was typed was meant."""
    key = "model.mska_heads"
    source = origin.get(key, "")
    if config.model.mska_encoder == "joint" or source not in ("--mska-heads", "--set"):
        return []
    encoder = config.model.mska_encoder
    return [Problem(f"the {encoder} encoder has no attention across streams; leave it out", (key,), source)]


def list_overrides(config: Config, origin: Mapping[str, str]) -> tuple[Override, ...]:
    """What differs from the defaults, in the order of the knobs."""
    values = config.values()
    rows = (Override(knob.key, knob.default, values[knob.key], origin.get(knob.key, "")) for knob in knobs())
    return tuple(row for row in rows if row.value != row.default)


def nearest_key(key: str) -> str | None:
    """The setting that a mistyped key most likely means; the same name in another section comes first."""
    section, _, name = key.rpartition(".")
    name = name.replace("-", "_")
    same_name = [knob.key for knob in knobs() if knob.name == name]
    if same_name:
        return same_name[0]
    local = [knob.name for knob in knobs() if knob.section == section]
    close = difflib.get_close_matches(name, local, n=1, cutoff=0.5)
    if close:
        return f"{section}.{close[0]}"
    return next(iter(difflib.get_close_matches(key, list(knobs_by_key()), n=1, cutoff=0.5)), None)


def _unknown(key: str, source: str) -> Problem:
    section, dot, name = key.partition(".")
    if not dot and (close := difflib.get_close_matches(section, SECTIONS, n=1)):
        return Problem(f"no such section; did you mean {close[0]}?", (key,), source)
    near = nearest_key(key)
    if near and near.partition(".")[2] == name and near != key:
        return Problem(f"no such key; it is {near}", (key,), source)
    remedy = f"did you mean {near}?" if near else "`slt flags` lists them all"
    return Problem(f"no such key; {remedy}", (key,), source)


def _nest(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for key, value in values.items():
        section, _, name = key.partition(".")
        nested[section][name] = value
    return nested


def _explain_all(
    error: ValidationError, origin: Mapping[str, str], *, values_are_missing: bool
) -> list[Problem]:
    """One problem a setting, in the order of the knobs.

    Where a file could not be read (``values_are_missing``), nobody knows what it would have said.
    """
    order = {knob.key: place for place, knob in enumerate(knobs())}
    found: list[tuple[int, Problem]] = []
    for problem in error.errors(include_url=False):
        if problem["type"] == "rules":
            broken: Sequence[BrokenRule] = problem["ctx"]["broken"]
            return [_say(rule.keys, rule.message, origin) for rule in broken]
        key = ".".join(map(str, problem["loc"][:2]))
        if problem["type"] == "missing" and values_are_missing:
            continue
        found.append((order[key], _say((key,), explain(problem, knobs_by_key()[key]), origin)))
    return [problem for _, problem in sorted(found, key=lambda pair: pair[0])]


def _say(keys: Sequence[str], message: str, origin: Mapping[str, str]) -> Problem:
    source = next((origin[key] for key in keys if key in origin), "")
    return Problem(message, tuple(keys), source)


def _gather_files(layers: Iterable[Layer]) -> dict[str, str]:
    """The files' texts by name; a second file of the same name gets a number in front."""
    files: dict[str, str] = {}
    for layer in layers:
        for name, text in layer.files.items():
            place = next(free for free in _names(name) if files.get(free, text) == text)
            files[place] = text
    return files


def _names(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        yield f"{number}-{name}"
        number += 1
