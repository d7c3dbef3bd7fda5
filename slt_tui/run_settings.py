"""A run's settings as its config.json tells them: what was set, by whom, and what stayed as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from slt_engine.run.directory import RunDir
from slt_engine.run.files import read_json
from slt_tui.comparison.settings import ABSENT, all_settings, flattened, setting_text

_OF_OURS = "about."


class SettingRow(NamedTuple):
    """A setting in words. ``is_set``: somebody set it to something else than its default."""

    key: str
    value: str
    default: str
    source: str
    is_set: bool


class ResumedRow(NamedTuple):
    """A setting that changed when the run was resumed for the ``number``-th time."""

    number: int
    key: str
    before: str
    after: str


def setting_rows(document: Mapping[str, Any]) -> list[SettingRow]:
    """Every setting, in the order of the sections."""
    overrides = {row["key"]: row for row in _overrides(document)}
    return [
        _row(key, value, overrides.get(key))
        for key, value in flattened(document)
        if not key.startswith(_OF_OURS) and key != "preset"
    ]


def about_rows(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The command, the versions, the host: name and words."""
    return [
        (key.removeprefix(_OF_OURS), setting_text(key, value))
        for key, value in flattened(document)
        if (key.startswith(_OF_OURS) or key == "preset") and value is not None
    ]


def resumed_rows(run: RunDir) -> list[ResumedRow]:
    """What differs between each config.N.json and the one that came after it, the first resume first."""
    documents = [*_older_documents(run), read_json(run.config) or {}]
    rows = []
    for number, (before, after) in enumerate(pairwise(documents), 1):
        for setting in all_settings([before, after]):
            old, new = setting.values
            if old != new and not setting.key.startswith(_OF_OURS) and ABSENT not in setting.values:
                key = setting.key
                rows.append(ResumedRow(number, key, setting_text(key, old), setting_text(key, new)))
    return rows


def _row(key: str, value: Any, override: Mapping[str, Any] | None) -> SettingRow:
    words = setting_text(key, value)
    if override is None:
        return SettingRow(key, words, words, "", is_set=False)
    default = setting_text(key, override.get("default"))
    return SettingRow(key, words, default, str(override.get("source") or ""), is_set=True)


def _overrides(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = document.get("overrides")
    entries = rows if isinstance(rows, list) else []
    return [row for row in entries if isinstance(row, Mapping) and isinstance(row.get("key"), str)]


def _older_documents(run: RunDir) -> Iterator[dict[str, Any]]:
    number = 1
    while isinstance(document := read_json(run.path / f"config.{number}.json"), dict):
        yield document
        number += 1
