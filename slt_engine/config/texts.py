"""Settings' values <-> what one types: the same value whichever of its spellings was used."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from slt_engine.config.config import Config


def canonical(key: str, value: Any) -> Any:
    """A setting's value in JSON's types, as config.json would hold it; ``value`` itself where it cannot be used."""
    try:
        adapter = _adapter(key)
        return adapter.dump_python(adapter.validate_python(value), mode="json")
    except (ValidationError, ValueError):
        return value


def means_the_same(key: str, one: Any, other: Any) -> bool:
    """Whether two spellings of a setting's value come to one; true and 1 do not."""
    left, right = canonical(key, one), canonical(key, other)
    return type(left) is type(right) and bool(left == right)


def text_of(value: Any) -> str:
    """A value as one would type it behind a flag."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return ",".join(map(text_of, value))
    return str(value)


@cache
def _adapter(key: str) -> TypeAdapter[Any]:
    section, _, name = key.partition(".")
    part = Config.model_fields[section].annotation
    assert part is not None
    field = part.model_fields[name]
    return TypeAdapter(field.rebuild_annotation(), config=ConfigDict(allow_inf_nan=False))
