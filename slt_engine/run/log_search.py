"""Searching a log: the lines that have a text, downwards and upwards, block by block, at the disk's pace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from slt_engine.run.files import open_regular
from slt_engine.run.log_file import LONGEST, LogLine
from slt_engine.run.logs import clean_line

_BLOCK = 1 << 22  # bytes between two words on how far a search is
_MANY = 16  # blocks that are held to find where a line begins


class Match(NamedTuple):
    """A line that has the text. ``number`` counts lines from 1 where the search began."""

    number: int
    line: LogLine


def has_capitals(text: str) -> bool:
    """Whether capitals count in a search for ``text``: they do where some are typed."""
    return text != text.lower()


def search_down(path: Path, text: str, begin: int = 0, end: int | None = None) -> Iterator[Match | int]:
    """The matching lines from ``begin`` on, where a line begins, that begin before ``end``, in order.

    Between them an int now and then: how far the search is. A file that is missing has no lines.
    """
    number, rest = 1, b""
    with _Reading(path) as file:
        end = file.size if end is None else min(end, file.size)
        while begin < end:
            block = file.read(begin + len(rest), _BLOCK)
            data = rest + block
            whole = _length_of_lines(data) if block else len(data)
            counted = 0
            for place, line in _matches(data[:whole], text):
                if begin + place >= end:
                    return
                number += data.count(b"\n", counted, place)
                counted = place
                yield Match(number, _log_line(begin + place, line))
            number += data.count(b"\n", counted, whole)
            begin, rest = begin + whole, data[whole:]
            yield begin
            if not block:
                return


def search_up(path: Path, text: str, end: int, begin: int = 0) -> Iterator[LogLine | int]:
    """The matching lines that begin before ``end``, where a line begins, down to ``begin``, last ones first."""
    with _Reading(path) as file:
        end = min(end, file.size)
        while end > begin:
            data = _lines_before(file, begin, end)
            if not data:
                return
            first = end - len(data)
            for place, line in reversed(list(_matches(data, text))):
                yield _log_line(first + place, line)
            end = first
            yield end


def _lines_before(file: _Reading, begin: int, end: int) -> bytes:
    """About a block of whole lines up to ``end``; a part of a line only where one is longer than many blocks."""
    length = _BLOCK
    while True:
        first = max(begin, end - length)
        data = file.read(first, end - first)
        cut = data.find(b"\n", 0, len(data) - 1) + 1 if first > begin else 0
        if cut or first == begin or length >= _MANY * _BLOCK or not data:
            return data[cut:]
        length *= 2


def _matches(data: bytes, text: str) -> Iterator[tuple[int, bytes]]:
    """Place and bytes of each line in ``data`` that has the text once it is clean."""
    if not text:
        return
    folded = data if has_capitals(text) else data.lower()
    needles = _spellings(text)
    hits = [folded.find(needle) for needle in needles]
    while (hit := min((place for place in hits if place >= 0), default=-1)) >= 0:
        begin = data.rfind(b"\n", 0, hit) + 1
        begin += (hit - begin) // LONGEST * LONGEST
        end = min(data.find(b"\n", hit) + 1 or len(data), begin + LONGEST)
        shown = clean_line(data[begin:end])
        if text in (shown if has_capitals(text) else shown.lower()):
            yield begin, data[begin:end]
        hits = [
            folded.find(needle, end) if 0 <= place < end else place
            for needle, place in zip(needles, hits, strict=True)
        ]


def _spellings(text: str) -> list[bytes]:
    """How the text may stand in bytes whose ASCII letters were made small: of accents there are capitals too."""
    if has_capitals(text):
        return [text.encode()]
    return list(dict.fromkeys([text.encode(), text.upper().encode().lower()]))


def _length_of_lines(data: bytes) -> int:
    """Of the complete lines that it begins with; of pieces, where a line is longer than a line may be."""
    return data.rfind(b"\n") + 1 or len(data) // LONGEST * LONGEST


def _log_line(begin: int, line: bytes) -> LogLine:
    return LogLine(begin, begin + len(line), clean_line(line))


class _Reading:
    """A file, opened; empty where it cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> _Reading:
        try:
            self._fd = open_regular(self.path)
            self.size = os.fstat(self._fd).st_size
        except OSError:
            self._fd, self.size = -1, 0
        return self

    def __exit__(self, *_: object) -> None:
        if self._fd >= 0:
            os.close(self._fd)

    def read(self, place: int, length: int) -> bytes:
        return os.pread(self._fd, length, place) if self._fd >= 0 else b""
