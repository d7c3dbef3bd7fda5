"""Query: which runs are shown, by words of their name, tags, state and note."""

from __future__ import annotations

from collections.abc import Callable

from slt_tui.run_entry import RunEntry

# `state:failed` looks at the state only; a tag or a state may be begun only.
_FIELDS: dict[str, Callable[[RunEntry, str], bool]] = {
    "state": lambda entry, word: entry.state.startswith(word),
    "tag": lambda entry, word: any(tag.lower().startswith(word) for tag in entry.notes.tags),
    "name": lambda entry, word: word in entry.label.lower(),
    "note": lambda entry, word: word in entry.notes.note.lower(),
}


def fits(entry: RunEntry, query: str) -> bool:
    """Whether a run has every word of the query."""
    return all(_has(entry, word) for word in query.lower().split())


def _has(entry: RunEntry, word: str) -> bool:
    field, colon, rest = word.partition(":")
    if colon and field in _FIELDS:
        return _FIELDS[field](entry, rest)
    said = " ".join((entry.label, entry.state, *entry.notes.tags, entry.notes.note)).lower()
    return word in said
