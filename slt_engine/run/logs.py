"""A run's logs, read from their end and followed, whatever their length and whatever bytes they hold."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from slt_engine.run.growth import Growth

_BLOCK = 1 << 16
# Colours, cursor movements and every control character but the tab must not reach the reader's terminal.
_SEQUENCE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)"
_CONTROL = re.compile(_SEQUENCE + r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def last_lines(path: Path, count: int) -> list[str]:
    """The last ``count`` lines, without control characters; none where the file is missing."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return []
    try:
        size = os.fstat(fd).st_size
        begin = _begin_of_last(fd, size, count)
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
    fd = os.open(path, os.O_RDONLY)
    try:
        return _begin_of_last(fd, os.fstat(fd).st_size, count)
    finally:
        os.close(fd)


def _begin_of_last(fd: int, size: int, count: int) -> int:
    """Where the last ``count`` lines begin; a last line without its end counts as one."""
    if count <= 0:
        return size
    wanted, position = count, size - 1  # a newline at the very end ends the last line and begins none
    while position > 0:
        length = min(_BLOCK, position)
        block = os.pread(fd, length, position - length)
        newlines = block.count(b"\n")
        if newlines >= wanted:
            return position - length + _nth_newline_from_the_end(block, wanted) + 1
        wanted -= newlines
        position -= length
    return 0


def _nth_newline_from_the_end(block: bytes, number: int) -> int:
    cut = len(block)
    for _ in range(number):
        cut = block.rfind(b"\n", 0, cut)
    return cut


def _clean(data: bytes) -> list[str]:
    """Lines as they would stand on paper: of a line that was drawn over, what was drawn last."""
    lines = data.decode("utf-8", "replace").removesuffix("\n").split("\n") if data else []
    return [_CONTROL.sub("", line.rstrip("\r").rpartition("\r")[2]) for line in lines]
