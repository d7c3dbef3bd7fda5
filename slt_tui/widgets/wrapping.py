"""Pieces of text, broken between words into lines of so many cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len

from slt_tui.widgets.painted import Piece


def wrapped(pieces: Iterable[Piece], width: int) -> Iterator[list[Piece]]:
    """The pieces in lines of so many columns, broken between words."""
    line: list[Piece] = []
    used = 0
    for text, look in pieces:
        for word in _words(text):
            if line and used + cell_len(word.rstrip()) > width:
                yield line
                line, used, word = [], 0, word.lstrip()
            if word:
                line.append((word, look))
                used += cell_len(word)
    yield line


def _words(text: str) -> Iterator[str]:
    """Words with the blanks that follow them."""
    begin = 0
    for place in range(1, len(text)):
        if text[place - 1] == " " and text[place] != " ":
            yield text[begin:place]
            begin = place
    yield text[begin:]
