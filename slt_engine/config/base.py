"""Section, Flag, Kind and the shared types: what every setting is made of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from slt_engine.config.errors import ConfigError as ConfigError
from slt_engine.config.home import expanded

LAST_LANDMARK = 32  # MediaPipe's pose has 33

T = TypeVar("T")


class Section(BaseModel):
    """Settings that belong together: typed, frozen, closed; a field's docstring is its help text."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        defer_build=True,
    )


@dataclass(frozen=True)
class Flag:
    """A command-line spelling that does not derive from the field's name."""

    spelling: str


@dataclass(frozen=True)
class Kind:
    """What may be typed, in words: shown in help, in the reference and in messages."""

    text: str


@dataclass(frozen=True)
class Otherwise:
    """What holds where nothing is given: another setting's name, or words."""

    text: str


@dataclass(frozen=True)
class Repeatable:
    """A flag that may be given several times; their values are joined by commas."""


def read_none(value: Any) -> Any:
    """None for the texts ``none`` and ``null``, so that a flag can take back what a preset says."""
    return None if isinstance(value, str) and value.strip().lower() in ("none", "null") else value


def read_lower(value: Any) -> Any:
    """Choices are read in any case."""
    return value.strip().lower() if isinstance(value, str) else value


def read_lower_or_none(value: Any) -> Any:
    """Like read_lower where ``none`` is a choice, which YAML may write as null."""
    return "none" if value is None else read_lower(value)


def read_number(value: Any) -> Any:
    """Refuses true and false, which Python counts as 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


def read_path(value: Any) -> Any:
    """Refuses an empty path and expands ``~``, which no shell expands inside a file."""
    if isinstance(value, str | Path):
        if not str(value).strip():
            raise ValueError("must not be empty")
        return expanded(value)
    return value


def read_list(value: Any) -> Any:
    """A list from a comma-separated text or from a single number."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value] if isinstance(value, int) else value


def read_json_object(value: Any) -> Any:
    """A mapping from its JSON text."""
    if not isinstance(value, str):
        return value
    try:
        parsed = json.loads(value, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"must be a JSON object ({error.msg})") from None
    if not isinstance(parsed, dict):
        raise ValueError("must be a JSON object")
    return parsed


def refuse_repeats(values: tuple[int, ...]) -> tuple[int, ...]:
    """Refuses a list that names something twice."""
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"names {', '.join(map(str, repeated))} more than once")
    return values


def refuse_what_json_cannot_say(value: dict[str, Any]) -> dict[str, Any]:
    """Not a number and infinity have no place in config.json."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise ValueError("must hold finite numbers") from None
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"must be a JSON object ({name} is not JSON)")


_Number = BeforeValidator(read_number)

Maybe = Annotated[T | None, BeforeValidator(read_none)]
Integer = Annotated[int, _Number, Kind("int")]
Positive = Annotated[int, _Number, Field(ge=1), Kind("int >= 1")]
Count = Annotated[int, _Number, Field(ge=0), Kind("int >= 0")]
Landmark = Annotated[int, _Number, Field(ge=0, le=LAST_LANDMARK)]
Real = Annotated[float, _Number, Kind("float")]
Probability = Annotated[float, _Number, Field(ge=0, le=1), Kind("float 0..1")]
PositiveReal = Annotated[float, _Number, Field(gt=0), Kind("float > 0")]
NonNegativeReal = Annotated[float, _Number, Field(ge=0), Kind("float >= 0")]

Text = Annotated[str, Field(min_length=1), Kind("text")]
NameOrPath = Annotated[str, Field(min_length=1), Kind("name or path")]
ClassPath = Annotated[
    str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$"), Kind("package.module:Class")
]
NewPath = Annotated[Path, BeforeValidator(read_path), Kind("path")]
Directory = Annotated[Path, BeforeValidator(read_path), Kind("directory")]
File = Annotated[Path, BeforeValidator(read_path), Kind("file")]
JsonObject = Annotated[
    dict[str, JsonValue],
    BeforeValidator(read_json_object),
    AfterValidator(refuse_what_json_cannot_say),
    Kind("JSON object"),
]
