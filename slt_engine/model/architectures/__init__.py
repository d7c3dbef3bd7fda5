"""The numbers of published architectures, so that they are built at their true size without a network."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

SHIPPED = {
    "google/t5-v1_1-base": "t5-v1_1-base.json",
    "facebook/mbart-large-cc25": "mbart-large-cc25.json",
}
"""The files by the names that Hugging Face has for the models."""


def shipped_fields(name: str) -> dict[str, Any] | None:
    """The configuration fields of the model ``name``, ``model_type`` among them; None where none are shipped."""
    if name not in SHIPPED:
        return None
    fields: dict[str, Any] = json.loads(
        files(__package__).joinpath(SHIPPED[name]).read_text(encoding="utf-8")
    )
    del fields["about"]
    return fields
