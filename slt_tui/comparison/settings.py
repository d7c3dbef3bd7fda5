"""Settings of runs side by side, from their config.json: which differ, and what they are in each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from slt_engine.config.layers import SECTIONS

# What differs between any two runs and says nothing about either.
TRIVIAL = frozenset({"data.work_dir", "about.command", "about.time"})
_ABOUT = ("version", "git", "python", "packages", "platform", "host", "cwd", "initial_weights", "imported")
_COMMIT = 10  # characters of a commit that are shown


class Absent(Enum):
    """What a run has for a setting that its config.json does not know."""

    ABSENT = "-"


ABSENT = Absent.ABSENT
Document = Mapping[str, Any]


class Setting(NamedTuple):
    """A setting and its value in each run, in the order of the runs."""

    key: str
    values: tuple[Any, ...]


def differing_settings(documents: Sequence[Document]) -> list[Setting]:
    """The settings that are not the same in all; a run that says nothing of a section takes no part in it."""
    said = [_groups(document) for document in documents]
    return [setting for setting in all_settings(documents) if _is_told(setting, documents, said)]


def _is_told(setting: Setting, documents: Sequence[Document], said: Sequence[set[str]]) -> bool:
    group = _group(setting.key)
    speaking = [place for place, groups in enumerate(said) if group in groups]
    return (
        setting.key not in TRIVIAL
        and _differ([setting.values[place] for place in speaking])
        and not _is_derived(setting.key, [documents[place] for place in speaking])
    )


def _groups(document: Document) -> set[str]:
    return {_group(key) for key, _ in flattened(document)}


def _group(key: str) -> str:
    """A section; of ``about``, which of its parts."""
    return ".".join(key.split(".")[: 2 if key.startswith("about.") else 1])


def all_settings(documents: Sequence[Document]) -> list[Setting]:
    """Every setting that any of the documents has, in the order of the sections; ``about`` comes last."""
    flat = [dict(flattened(document)) for document in documents]
    keys = dict.fromkeys(key for values in flat for key in values)
    return [
        Setting(key, tuple(values.get(key, ABSENT) for values in flat)) for key in sorted(keys, key=_place)
    ]


def flattened(document: Document) -> Iterator[tuple[str, Any]]:
    """A config.json as (key, value); where the value was left to be derived, what came out of it."""
    about = document.get("about")
    about = about if isinstance(about, Mapping) else {}
    resolved = about.get("resolved")
    derived = resolved if isinstance(resolved, Mapping) else {}
    for section in SECTIONS:
        values = document.get(section)
        for name, value in values.items() if isinstance(values, Mapping) else ():
            key = f"{section}.{name}"
            yield key, derived.get(key) if value is None else value
    if "preset" in document:
        yield "preset", document["preset"]
    for name in (*_ABOUT, "command", "time"):
        if about.get(name) is not None:
            yield from _leaves(f"about.{name}", about[name])


def setting_text(key: str, value: Any) -> str:
    """A value as people read it."""
    if value is ABSENT:
        return "-"
    if value is None:
        return "none"
    if isinstance(value, str):
        return value[:_COMMIT] if key == "about.git.commit" else " ".join(value.split())
    return json.dumps(value, ensure_ascii=False)


def _is_derived(key: str, documents: Iterable[Document]) -> bool:
    """Whether nobody asked for a value: it follows from others, of which one differs then."""
    section, _, name = key.partition(".")
    return section in SECTIONS and all(
        isinstance(values := document.get(section), Mapping) and name in values and values[name] is None
        for document in documents
    )


def _leaves(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(f"{key}.{name}", inner)
    else:
        yield key, value


def _place(key: str) -> int:
    """Sections keep their order among each other, and sorting is stable within them."""
    section = key.partition(".")[0]
    return SECTIONS.index(section) if section in SECTIONS else len(SECTIONS) + (section == "about")


def _differ(values: Iterable[Any]) -> bool:
    """Whether two of the values are not the same; true is not 1, and 1 is 1.0."""
    return len({json.dumps(_number(value), sort_keys=True, default=str) for value in values}) > 1


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
