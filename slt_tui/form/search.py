"""Which rows a search leaves: every word is in the key, the flag, the group, the choices or the help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slt_engine.config import Knob
from slt_tui.form.examination import Row


def matching(rows: Iterable[Row], query: str, *, changed_only: bool = False) -> list[Row]:
    """The rows that fit. A name that is typed with spaces, dashes or underscores is the same."""
    words = query.lower().replace("-", " ").replace("_", " ").split()
    return [
        row
        for row in rows
        if (row.is_changed or not changed_only) and all(word in _said(row.knob) for word in words)
    ]


def best_match(rows: Sequence[Row], query: str) -> Row | None:
    """The row that a search most likely means: the one of that name, then those whose name has the words."""
    name = "_".join(query.lower().replace("-", " ").replace("_", " ").split())
    ways = (lambda row: row.knob.name == name, lambda row: name in row.knob.name)
    return next((row for fits in ways for row in rows if fits(row)), rows[0] if rows else None)


def _said(knob: Knob) -> str:
    text = " ".join((knob.key, knob.flag, knob.group, knob.kind, knob.help))
    return f"{knob.key} {text.replace('-', ' ').replace('_', ' ')}".lower()
