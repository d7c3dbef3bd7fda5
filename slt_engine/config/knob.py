"""Config -> every leaf as a Knob: one declaration, from which flags, keys, reference and schema are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from slt_engine.config.base import Flag, Kind, Otherwise, Repeatable, Section
from slt_engine.config.config import Config


@dataclass(frozen=True)
class Knob:
    """One setting: ``key`` in files and --set, ``flag`` on the command line, ``group`` in help and forms."""

    key: str
    group: str
    kind: str
    default: Any
    help: str
    flag: str
    required: bool
    otherwise: str = "none"
    choices: tuple[str, ...] = ()
    is_path: bool = False
    is_repeatable: bool = False

    @property
    def section(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]

    @property
    def is_switch(self) -> bool:
        return self.kind == "bool"

    @property
    def default_text(self) -> str:
        """The default as one would type it; where there is none, what holds instead."""
        if self.required:
            return "required"
        if self.default is None:
            return self.otherwise
        return str(self.default).lower() if self.is_switch else str(self.default)


@cache
def knobs() -> tuple[Knob, ...]:
    """Every setting, in the order of sections, facets and fields."""
    return tuple(
        knob for section, field in Config.model_fields.items() for knob in _section_knobs(section, field)
    )


@cache
def knobs_by_key() -> dict[str, Knob]:
    """Every setting by its dotted key."""
    return {knob.key: knob for knob in knobs()}


def _section_knobs(section: str, field: FieldInfo) -> Iterator[Knob]:
    """Walks the facets: pydantic itself lists the fields of several bases in reverse."""
    assert isinstance(field.annotation, type)
    for facet in field.annotation.__bases__:
        assert issubclass(facet, Section)
        group = (facet.__doc__ or "").strip()
        for name, leaf in facet.model_fields.items():
            yield _knob(section, name, leaf, group)


def _knob(section: str, name: str, field: FieldInfo, group: str) -> Knob:
    parts = [*field.metadata, *_parts(field.annotation)]
    choices = next((get_args(part) for part in parts if get_origin(part) is Literal), ())
    return Knob(
        key=f"{section}.{name}",
        group=group,
        kind=_kind(parts, choices),
        default=None if field.is_required() else field.get_default(call_default_factory=True),
        help=" ".join((field.description or "").split()),
        flag=_spelling(name, parts),
        required=field.is_required(),
        otherwise=next((part.text for part in parts if isinstance(part, Otherwise)), "none"),
        choices=tuple(map(str, choices)),
        is_path=Path in parts,
        is_repeatable=Repeatable() in parts,
    )


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation taken apart: its types, literals and markers, outermost first."""
    yield annotation
    if get_origin(annotation) is Literal:
        return
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
        yield from _parts(annotation.__origin__)
        return
    for part in get_args(annotation):
        yield from _parts(part)


def _kind(parts: list[Any], choices: tuple[Any, ...]) -> str:
    named = next((part.text for part in parts if isinstance(part, Kind)), None)
    if named:
        return named
    if choices:
        return " | ".join(map(str, choices))
    assert bool in parts, parts
    return "bool"


def _spelling(name: str, parts: list[Any]) -> str:
    special = next((part.spelling for part in parts if isinstance(part, Flag)), None)
    if special:
        return special
    dashed = name.replace("_", "-")
    return f"--{dashed}/--no-{dashed}" if bool in parts else f"--{dashed}"
