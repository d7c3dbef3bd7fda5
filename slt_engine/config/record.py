"""config.json: what was asked, itself a --config file; read back, and added to on resume."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from slt_engine.config.config import Config
from slt_engine.config.errors import ConfigError
from slt_engine.config.knob import Knob, knobs
from slt_engine.config.layers import SECTIONS, Layer, document_layer
from slt_engine.config.resolution import Resolved, list_overrides, resolve

RESUMABLE = frozenset(
    {
        "training.epochs",
        "training.max_train_steps",
        "training.device",
        "training.processes",
        "training.log_every_steps",
        "training.tensorboard",
        "training.checkpoint_every_steps",
        "data.num_workers",
        "data.pin_memory",
    }
)
NAMES_THE_RUN = "data.work_dir"
INITIAL_WEIGHTS = ("training.init_checkpoint", "model.pretrained", "model.pretrained_checkpoint")


class Change(NamedTuple):
    """A setting that a resumed run would have otherwise than before."""

    key: str
    before: Any
    after: Any


def config_document(resolved: Resolved, about: Mapping[str, Any]) -> dict[str, Any]:
    """The content of config.json: four sections in the order of the knobs, preset, overrides, about."""
    values = resolved.config.values()
    sections = {
        section: {knob.name: values[knob.key] for knob in knobs() if knob.section == section}
        for section in SECTIONS
    }
    return {
        **sections,
        "preset": resolved.preset,
        "overrides": [row._asdict() for row in resolved.overrides],
        "about": {**about, "resolved": resolved.config.resolved_values()},
    }


def config_from_document(document: Mapping[str, Any]) -> Config:
    """The settings of a config.json, relative paths made absolute against the directory it was asked in."""
    config = resolve([document_layer(document, "config.json")]).config
    about = document.get("about")
    cwd = about.get("cwd") if isinstance(about, Mapping) else None
    return absolute_paths(config, Path(cwd)) if isinstance(cwd, str) else config


def resume_config(document: Mapping[str, Any], layers: Iterable[Layer], *, command: str = "") -> Resolved:
    """A run's settings with what may be typed anew on top; raises ConfigError where ``layers`` want more.

    A setting that is typed again as it was is no change, so the first command line plus --resume works.
    """
    stored = document_layer(document, "config.json")
    typed = [_without(layer, NAMES_THE_RUN) for layer in layers]
    before, after = resolve([stored]).config, resolve([stored, *typed])
    changes = list(_list_changes(before, after.config))
    refused = [_refuse(change, after.origin) for change in changes if change.key not in RESUMABLE]
    if refused:
        raise ConfigError(
            [*refused, f"only these may be typed anew with --resume: {', '.join(sorted(RESUMABLE))}"]
        )
    origin = _stored_origin(document) | {key: f"{after.origin[key]} (resume)" for key, _, _ in changes}
    return Resolved(
        config=after.config,
        overrides=list_overrides(after.config, origin),
        origin=origin,
        files=after.files,
        preset=document.get("preset"),
        command=command,
    )


def absolute_paths(config: Config, cwd: Path) -> Config:
    """The same settings with relative paths read against ``cwd``."""
    parts: dict[str, dict[str, Any]] = {}
    for knob in knobs():
        value = getattr(getattr(config, knob.section), knob.name)
        parts.setdefault(knob.section, {})[knob.name] = _absolute(value, knob, cwd)
    return config.model_copy(
        update={
            section: getattr(config, section).model_copy(update=update) for section, update in parts.items()
        }
    )


def _absolute(value: Any, knob: Knob, cwd: Path) -> Any:
    """A path made absolute; a text that may be a name or a path is a path where there is something."""
    if isinstance(value, Path):
        return cwd / value
    if isinstance(value, str) and knob.kind == "name or path" and (cwd / value).exists():
        return str(cwd / value)
    return value


def _list_changes(before: Config, after: Config) -> Iterator[Change]:
    old, new = before.values(), after.values()
    return (Change(key, old[key], new[key]) for key in new if new[key] != old[key])


def _refuse(change: Change, origin: Mapping[str, str]) -> str:
    said = f"{origin[change.key]}: {change.key}: "
    if change.key in INITIAL_WEIGHTS:
        return said + "excludes --resume, which goes on from last.pt; leave it out"
    return said + f"is {change.after!r} here and {change.before!r} in the run, which keeps it; leave it out"


def _without(layer: Layer, key: str) -> Layer:
    values = {name: value for name, value in layer.values.items() if name != key}
    return Layer(layer.source, values, layer.problems, layer.files, layer.preset)


def _stored_origin(document: Mapping[str, Any]) -> dict[str, str]:
    rows = document.get("overrides")
    if not isinstance(rows, list):
        return {}
    return {row["key"]: str(row.get("source", "")) for row in rows if isinstance(row, dict) and "key" in row}
