"""Knobs -> the flag reference and the JSON Schema of --config files and presets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from slt_engine.config.config import Config
from slt_engine.config.knob import knobs
from slt_engine.config.layers import NOT_READ, SECTIONS

COLUMNS = ("flag", "key", "kind", "default", "help")

TYPED_ONLY = (
    {
        "flag": "--config",
        "kind": "file",
        "default": "none",
        "help": "YAML or JSON file with sections data, model, optim, training; a run's config.json is one.",
    },
    {
        "flag": "--decoder-preset",
        "kind": "name or path",
        "default": "none",
        "help": "Preset whose settings lie under those of --config; slt presets ls lists them.",
    },
    {
        "flag": "--set",
        "kind": "KEY=VALUE",
        "default": "none",
        "help": "Any setting by its dotted key, over all other sources; repeatable, the last one wins.",
    },
    {
        "flag": "--resume/--no-resume",
        "kind": "bool",
        "default": "false",
        "help": "Go on with the run in --work-dir from its last.pt, with the settings of its config.json.",
    },
)


def reference_rows() -> list[dict[str, Any]]:
    """Every flag as a row: those that only the command line has first, then every setting."""
    typed = [{**row, "key": "-", "group": "Sources"} for row in TYPED_ONLY]
    settings = [
        {
            "flag": knob.flag,
            "key": knob.key,
            "kind": knob.kind,
            "default": knob.default_text,
            "help": knob.help,
            "group": knob.group,
        }
        for knob in knobs()
    ]
    return [*typed, *settings]


def flag_lines() -> Iterator[str]:
    """The reference as tab-separated lines under a header."""
    yield "\t".join(COLUMNS)
    for row in reference_rows():
        yield "\t".join(row[column] for column in COLUMNS)


def config_schema() -> dict[str, Any]:
    """JSON Schema of a --config file or a preset: no setting is required, no other key is known."""
    whole = Config.model_json_schema()
    definitions = whole["$defs"]
    for section in SECTIONS:
        part = definitions[section.capitalize()]
        part.pop("required", None)
        part["properties"] = {
            knob.name: {**_untitled(part["properties"][knob.name]), "description": knob.help}
            for knob in knobs()
            if knob.section == section
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "SLT workbench settings",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{section: {"$ref": f"#/$defs/{section.capitalize()}"} for section in SECTIONS},
            **{name: {"description": "Accepted and not read."} for name in NOT_READ},
        },
        "$defs": definitions,
    }


def schema_text() -> str:
    """The schema as presets/schema.json holds it."""
    return json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n"


def _untitled(leaf: dict[str, Any]) -> dict[str, Any]:
    """A leaf's schema without the title that pydantic makes from its name."""
    return {name: value for name, value in leaf.items() if name != "title"}
