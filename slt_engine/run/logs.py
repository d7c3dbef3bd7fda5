"""A run's logs, read from their end and followed, whatever their length and whatever bytes they hold."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from slt_engine.run.files import open_regular
from slt_engine.run.growth import Growth

_BLOCK = 1 << 16
# Colours, cursor movements and every control character but the tab must not reach the reader's terminal.
_SEQUENCE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)"
_CONTROL = re.compile(_SEQUENCE + r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def last_lines(path: Path, count: int) -> list[str]:
    """The last ``count`` lines, without control characters; none where the file is missing."""
    try:
        fd = open_regular(path)
    except FileNotFoundError:
        return []
    try:
        size = os.fstat(fd).st_size
        begin = begin_of_last(fd, size, count)
        return _clean(os.pread(fd, size - begin, begin))
    finally:
        os.close(fd)


class LogFollower:
    """Reads a log on from its last ``count`` lines, and from the start where it was replaced or cut."""

    def __init__(self, path: Path, count: int = 0) -> None:
        self._growth = Growth(path)
        with contextlib.suppress(FileNotFoundError):  # when it comes, all of it is new
            self._growth.skip(_end_before(path, count))

    def read(self) -> list[str]:
        """The complete lines since the last call."""
        return _clean(self._growth.read())


def _end_before(path: Path, count: int) -> int:
    fd = open_regular(path)
    try:
        return begin_of_last(fd, os.fstat(fd).st_size, count)
    finally:
        os.close(fd)


def begin_of_last(fd: int, size: int, count: int, *, limit: int | None = None) -> int:
    """Where the last ``count`` lines of the first ``size`` bytes begin, at most ``limit`` bytes back.

    A last line without its end counts as one.
    """
    if count <= 0:
        return size
    first = 0 if limit is None else max(0, size - limit)
    wanted, position = count, size - 1  # a newline at the very end ends the last line and begins none
    while position > first:
        length = min(_BLOCK, position - first)
        block = os.pread(fd, length, position - length)
        newlines = block.count(b"\n")
        if newlines >= wanted:
            return position - length + _nth_newline_from_the_end(block, wanted) + 1
        wanted -= newlines
        position -= length
    return first


def _nth_newline_from_the_end(block: bytes, number: int) -> int:
    cut = len(block)
    for _ in range(number):
        cut = block.rfind(b"\n", 0, cut)
    return cut


def clean_line(line: bytes) -> str:
    """A line as it would stand on paper: of one that was drawn over, what was drawn last."""
    shown = line.removesuffix(b"\n").rstrip(b"\r").rpartition(b"\r")[2].decode("utf-8", "replace")
    return shown if shown.isprintable() else _CONTROL.sub("", shown)


def _clean(data: bytes) -> list[str]:
    return [clean_line(line) for line in data.removesuffix(b"\n").split(b"\n")] if data else []
