"""TagDialog: tags and a note, to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Label

from slt_tui.screens.dialogs.dialog import Dialog


@dataclass(frozen=True)
class TagChange:
    """What a run's tags and note are to become; a note of None stays as it is."""

    add: tuple[str, ...]
    remove: tuple[str, ...]
    note: str | None


class TagDialog(Dialog[TagChange]):
    """The tags of one run, or those that all of several have; of several runs no note is asked."""

    KEYS = "tags are separated by spaces   tab next   enter ok   escape cancel"

    def __init__(self, title: str, tags: Sequence[str], note: str | None) -> None:
        super().__init__(title)
        self._tags, self._note = tuple(tags), note

    def compose_body(self) -> ComposeResult:
        yield Label("tags")
        yield Input(" ".join(self._tags), id="tags", select_on_focus=False)
        if self._note is not None:
            yield Label("note", classes="label")
            yield Input(self._note, id="note", select_on_focus=False)

    @on(Input.Submitted)
    def _take(self) -> None:
        wanted = tuple(dict.fromkeys(self.query_one("#tags", Input).value.replace(",", " ").split()))
        note = None if self._note is None else self.query_one("#note", Input).value.strip()
        self.dismiss(
            TagChange(
                add=tuple(tag for tag in wanted if tag not in self._tags),
                remove=tuple(tag for tag in self._tags if tag not in wanted),
                note=None if note == self._note else note,
            )
        )
