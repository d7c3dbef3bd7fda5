"""What is generated from the settings equals what is kept: a changed flag is a reviewed line."""

from __future__ import annotations

import json
from pathlib import Path

from slt_engine.config import load_preset
from slt_engine.config.presets import preset_names
from slt_engine.config.reference import flag_lines, schema_text

ROOT = Path(__file__).parents[2]


def test_the_flags_are_those_of_the_golden() -> None:
    """Written by ``slt flags > tests/contract/flags.txt``."""
    assert (ROOT / "tests/contract/flags.txt").read_text(encoding="utf-8").splitlines() == list(flag_lines())


def test_the_schema_is_the_one_beside_the_presets() -> None:
    """Written by ``slt flags --schema > presets/schema.json``."""
    assert (ROOT / "presets/schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_knows_every_key_of_every_preset() -> None:
    definitions = json.loads(schema_text())["$defs"]
    known = {
        f"{name.lower()}.{key}" for name, part in definitions.items() for key in part.get("properties", {})
    }
    assert {key for name in preset_names() for key in load_preset(name).layer.values} <= known
