"""LogFile: a log of any length, read only where it is looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from slt_engine.run.files import open_regular
from slt_engine.run.logs import begin_of_last, clean_line

LONGEST = 1 << 20  # bytes of a line; one that is longer is shown as several
_BLOCK = 1 << 16


class LogLine(NamedTuple):
    """A line as it would stand on paper; where its bytes begin, and where the next one's do."""

    begin: int
    end: int
    text: str


class LogFile:
    """Lines by the place of their bytes. A missing file is an empty one.

    ``size`` is what the last ``look`` saw; nothing behind it is read. ``restarts`` counts how often the file was
    replaced or cut, ``bytes_read`` what looking at it cost.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.exists = False
        self.size = 0
        self.restarts = 0
        self.bytes_read = 0
        self._seen: tuple[int, ...] | None = None

    def look(self) -> bool:
        """Whether the file has changed since the last look."""
        seen = _state_of(self.path)
        if seen == self._seen:
            return False
        if self._seen and (seen is None or seen[:2] != self._seen[:2] or seen[2] < self.size):
            self.restarts += 1
        self._seen, self.exists, self.size = seen, seen is not None, seen[2] if seen else 0
        return True

    def lines(self, begin: int, count: int) -> list[LogLine]:
        """Up to ``count`` lines from ``begin`` on, where one begins."""
        found: list[LogLine] = []
        rest, place = b"", begin
        fd = _open(self.path)
        try:
            while len(found) < count:
                block = self._read(fd, place + len(rest))
                whole, rest = split_lines(rest + block, is_all=not block)
                for line in whole[: count - len(found)]:
                    found.append(LogLine(place, place + len(line), clean_line(line)))
                    place += len(line)
                if not block:
                    break
        finally:
            _close(fd)
        return found

    def begin_before(self, end: int, count: int) -> int:
        """Where the ``count``-th line before ``end`` begins; the first line, where there are fewer."""
        fd = _open(self.path)
        try:
            begin = begin_of_last(fd, end, count, limit=count * LONGEST) if fd >= 0 else 0
        except OSError:
            begin = 0
        finally:
            _close(fd)
        self.bytes_read += -(-(end - begin) // _BLOCK) * _BLOCK  # whole blocks
        return begin

    def begin_of_line(self, place: int) -> int:
        """Where the line begins that has the byte at ``place``."""
        return self.begin_before(place + 1, 1) if place < self.size else self.size

    def _read(self, fd: int, place: int) -> bytes:
        length = min(_BLOCK, self.size - place)
        if fd < 0 or length <= 0:
            return b""
        try:
            block = os.pread(fd, length, place)
        except OSError:
            return b""
        self.bytes_read += len(block)
        return block


def split_lines(data: bytes, *, is_all: bool) -> tuple[list[bytes], bytes]:
    """The complete lines with their ends, and the rest, which is a line too where nothing comes after it."""
    lines = data.split(b"\n")
    rest = lines.pop()
    whole = [piece for line in lines for piece in _pieces(line + b"\n")]
    if is_all and rest:
        return [*whole, *_pieces(rest)], b""
    while len(rest) > LONGEST:
        whole.append(rest[:LONGEST])
        rest = rest[LONGEST:]
    return whole, rest


def _pieces(line: bytes) -> list[bytes]:
    if len(line) <= LONGEST:
        return [line]
    return [line[begin : begin + LONGEST] for begin in range(0, len(line), LONGEST)]


def _state_of(path: Path) -> tuple[int, ...] | None:
    """What differs where the file has changed."""
    try:
        now = os.stat(path)  # noqa: PTH116 - five times a second
    except OSError:
        return None
    return (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns)


def _open(path: Path) -> int:
    try:
        return open_regular(path)
    except OSError:
        return -1


def _close(fd: int) -> None:
    if fd >= 0:
        os.close(fd)
