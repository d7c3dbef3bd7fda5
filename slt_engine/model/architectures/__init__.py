"""The numbers of published architectures, so that they are built at their true size without a network."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

SHIPPED = {
    "google/t5-v1_1-base": "t5-v1_1-base.json",
    "facebook/mbart-large-cc25": "mbart-large-cc25.json",
}
"""The decoders' files by the names that Hugging Face has for the models."""

REGISTERS = {"model_type": "dinov2_with_registers", "num_register_tokens": 4}
"""What tells DINOv2 with registers (Darcet et al. 2023) from the one without; all else is the same."""


def shipped_fields(name: str) -> dict[str, Any] | None:
    """The configuration fields of the model ``name``, ``model_type`` among them; None where none are shipped."""
    return _read(SHIPPED[name]) if name in SHIPPED else None


def dinov2_fields(size: str, *, registers: bool) -> dict[str, Any]:
    """The configuration fields of the DINOv2 of ``size``: small, base, large or giant."""
    return _read(f"dinov2-{size}.json") | (REGISTERS if registers else {})


def _read(name: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    del fields["about"]
    return fields
