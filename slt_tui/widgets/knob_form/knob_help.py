"""KnobHelp: all about one setting: help, what may stand there, default, what the base says, who set it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import ClassVar

from slt_tui.form.examination import Row
from slt_tui.widgets.cells import cut
from slt_tui.widgets.painted import Painted, Piece

_TALL = 12  # lines from which each fact has a line of its own


class KnobHelp(Painted, can_focus=False):
    """A column where it is tall, else a few lines."""

    PREFIX = "knob-help"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"knob-help--{look}" for look in ("row", "name", "label", "quiet", "wrong", "notice")
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._row: Row | None = None
        self._base = ""
        self._lines: list[list[Piece]] = []

    def show(self, row: Row | None, base: str) -> None:
        """Tell about a row of a form that is built on ``base``."""
        if (row, base) != (self._row, self._base):
            self._row, self._base = row, base
            self._write()

    def pieces_of(self, y: int) -> Sequence[Piece]:
        return self._lines[y] if y < len(self._lines) else []

    def ground_of(self, y: int) -> str:  # noqa: ARG002
        return "row"

    def on_resize(self) -> None:
        self._write()
        self.refresh()

    def _write(self) -> None:
        width = max(10, self.size.width - 2)
        write = _column if self.size.height >= _TALL else _few_lines
        lines = write(self._row, self._base, width) if self._row else iter(())
        self._lines = [[(" ", ""), *line] for line in lines]
        self.repaint()


def _few_lines(row: Row, base: str, width: int) -> Iterator[list[Piece]]:
    knob, facts = row.knob, "   ".join(f"{label} {text}" for label, text in _facts(row, base))
    kind = "" if knob.choices else f"   {knob.kind}"
    yield [(knob.flag.replace("/", " / "), "name"), (cut(kind, max(0, width - len(knob.flag) - 2)), "quiet")]
    yield [(cut(facts, width), "quiet")]
    text = knob.help + (f" One of {', '.join(knob.choices)}." if knob.choices else "")
    yield from ([(line, "")] for line in textwrap.wrap(text, width))


def _column(row: Row, base: str, width: int) -> Iterator[list[Piece]]:
    knob = row.knob
    yield [(knob.flag.replace("/", " / "), "name")]
    yield [(knob.key, "quiet")]
    yield []
    yield from ([(line, "")] for line in textwrap.wrap(knob.help, width))
    yield []
    takes = ", ".join(knob.choices) if knob.choices else knob.kind
    for label, text in (("takes", takes), *_facts(row, base)):
        for number, line in enumerate(textwrap.wrap(text, width - 9) or [""]):
            yield [(f"{'' if number else label:<9}", "label"), (line, "")]
    for look, texts in (("wrong", row.problems), ("notice", row.notices)):
        for text in texts:
            yield []
            yield from ([(line, look)] for line in textwrap.wrap(text, width))


def _facts(row: Row, base: str) -> Iterator[tuple[str, str]]:
    yield "default", row.knob.default_text
    if row.origin not in ("", "default"):
        yield "set by", row.origin
    if row.is_changed:
        yield "before", f"{row.base_text or 'not given'} ({base})"
