"""Picture: a grid of characters with an ink for each, and what changed between two of them."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BLANK_INK = 0
_SPACE = 32
_COVERED = 0  # the cell behind a character that is two cells wide
_JOINED_APART = 3  # unchanged cells between two changes that are sent along, a new place costs as much


class Area(NamedTuple):
    """The cells that lines are drawn in."""

    x: int
    y: int
    width: int
    height: int


class Span(NamedTuple):
    """Cells of a line from ``x`` to ``end``."""

    y: int
    x: int
    end: int


class Picture:
    """``codes`` are code points and ``inks`` numbers that whoever shows it gives a colour."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.codes: NDArray[np.uint32] = np.full((height, width), _SPACE, np.uint32)
        self.inks: NDArray[np.uint8] = np.zeros((height, width), np.uint8)

    def put(self, x: int, y: int, text: str, ink: int) -> int:
        """Write in a line, cut at the picture's edge; where the text ends."""
        room = max(self.width - x, 0)
        codes = cells_of(text)
        if codes[room:] and codes[room] == _COVERED:
            codes[room - 1] = _SPACE  # half of a wide character
        codes = codes[:room]
        if 0 <= y < self.height and codes:
            self.codes[y, x : x + len(codes)] = codes
            self.inks[y, x : x + len(codes)] = ink
        return x + len(codes)

    def copy(self) -> Picture:
        """Another one that looks the same."""
        other = Picture(0, 0)
        other.width, other.height = self.width, self.height
        other.codes, other.inks = self.codes.copy(), self.inks.copy()
        return other

    def line(self, y: int) -> list[tuple[str, int]]:
        """A line as pieces of text of one ink each."""
        inks, codes = self.inks[y], self.codes[y]
        borders = [0, *(np.flatnonzero(np.diff(inks)) + 1).tolist(), self.width]
        return [
            (_text(codes[begin:end]), int(inks[begin])) for begin, end in pairwise(borders) if end > begin
        ]

    def text(self) -> str:
        """Everything without its inks."""
        return "\n".join(_text(line).rstrip() for line in self.codes)

    def changes(self, before: Picture | None) -> list[Span] | None:
        """The cells that differ from an earlier picture; None where the two cannot be compared."""
        if before is None or before.codes.shape != self.codes.shape:
            return None
        differs = (self.codes != before.codes) | (self.inks != before.inks)
        return [span for y in np.flatnonzero(differs.any(axis=1)).tolist() for span in _spans(y, differs[y])]


def cells_of(text: str) -> list[int]:
    """A code point a cell: marks that combine are left out, wide characters take two cells."""
    if text.isascii():
        return [ord(char) if char.isprintable() else _SPACE for char in text]
    codes: list[int] = []
    for char in unicodedata.normalize("NFC", text):
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            continue
        codes.append(ord(char) if char.isprintable() else _SPACE)
        codes += [_COVERED] * (unicodedata.east_asian_width(char) in "WF")
    return codes


def shortened(text: str, width: int) -> str:
    """``text`` in so many cells, with a tilde where something is left out."""
    codes = cells_of(text)
    return text if len(codes) <= width else _text(np.array(codes[: max(width - 1, 0)], np.uint32)) + "~"


def _text(codes: NDArray[np.uint32]) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le").replace("\0", "")


def _spans(y: int, differs: NDArray[np.bool_]) -> list[Span]:
    places = np.flatnonzero(differs)
    breaks = np.flatnonzero(np.diff(places) > _JOINED_APART)
    begins = places[np.append(0, breaks + 1)].tolist()
    ends = places[np.append(breaks, len(places) - 1)].tolist()
    return [Span(y, begin, end + 1) for begin, end in zip(begins, ends, strict=True)]
