"""notes.json: what people say of a run, tags and a note; training neither reads nor writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.files import read_json, replace_json

LONGEST_TAG = 40
# What a shell takes without quotes and a table shows in one piece; a minus in front would be an option.
_TAG = re.compile(r"[^\W_](?:[\w.:+=/-]*[\w+])?")
_LONGEST_NOTE = 10_000


@dataclass(frozen=True)
class Notes:
    """``tags`` are sorted, each once; ``note`` is free text."""

    tags: tuple[str, ...] = ()
    note: str = ""

    def with_tags(self, tags: Iterable[str]) -> Notes:
        """These with ``tags`` too. Raises RunError for what cannot be a tag."""
        return Notes(tuple(sorted({*self.tags, *map(checked_tag, tags)})), self.note)

    def without_tags(self, tags: Iterable[str]) -> Notes:
        """These without ``tags``; one that is not there is no fault."""
        return Notes(tuple(tag for tag in self.tags if tag not in set(tags)), self.note)

    def with_note(self, text: str) -> Notes:
        """These with ``text`` for their note; nothing but blanks is no note. Raises RunError."""
        note = text.strip()
        if len(note) > _LONGEST_NOTE:
            raise RunError(f"a note of {len(note):,} characters; at most {_LONGEST_NOTE:,} are kept")
        return Notes(self.tags, note)


def checked_tag(word: str) -> str:
    """``word`` where it can be a tag. Raises RunError."""
    if _TAG.fullmatch(word) and len(word) <= LONGEST_TAG:
        return word
    raise RunError(
        f"tag {word!r}: a tag is one word of letters, digits and . : + - = / _ that begins with a letter or digit "
        f"and has at most {LONGEST_TAG} characters"
    )


def read_notes(run: RunDir) -> Notes:
    """What is noted of ``run``; nothing where the file is missing, damaged or somebody else's."""
    document = _document(run)
    if not isinstance(document, dict):
        return Notes()
    tags, note = document.get("tags"), document.get("note")
    words = {tag for tag in tags if _is_tag(tag)} if isinstance(tags, list) else set()
    return Notes(tuple(sorted(words)), note if isinstance(note, str) else "")


def write_notes(run: RunDir, notes: Notes) -> None:
    """Put ``notes`` in notes.json; other keys stay, and a file that is no such document is kept beside it."""
    document = _document(run)
    try:
        if not isinstance(document, dict):
            _keep_aside(run)
            document = {}
        replace_json(run.notes, {**document, "tags": list(notes.tags), "note": notes.note})
    except OSError as refusal:
        raise RunError(f"{run.notes}: cannot be written ({refusal.strerror})") from refusal


def _keep_aside(run: RunDir) -> None:
    """Give a damaged notes.json another name: somebody may mend it."""
    if not run.notes.exists():
        return
    number = 1
    while (aside := run.path / f"notes.damaged.{number}.json").exists():
        number += 1
    run.notes.rename(aside)


def _document(run: RunDir) -> Any:
    try:
        return read_json(run.notes)
    except OSError:
        return None


def _is_tag(word: Any) -> bool:
    return isinstance(word, str) and len(word) <= LONGEST_TAG and _TAG.fullmatch(word) is not None
