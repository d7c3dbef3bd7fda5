"""Journals: JSON lines that only grow. One process appends; any number follow from where they were."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from slt_engine.run.files import open_regular, parse_leniently
from slt_engine.run.growth import Growth
from slt_engine.run.record import Row

_FORMAT = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
_BLOCK = 1 << 12


class Journal:
    """The one writer of a journal. NaN and infinities become null; every row is one write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        self._torn = _ends_torn(self._fd)

    def append(self, row: Mapping[str, Any]) -> None:
        """Add one row. A full disk raises OSError; the next row then starts on a line of its own."""
        line = orjson.dumps(row, option=_FORMAT)
        if self._torn:
            line = b"\n" + line
        self._torn = True
        written = os.write(self._fd, line)
        while written < len(line):
            written += os.write(self._fd, line[written:])
        self._torn = False

    def sync(self) -> None:
        """Wait until the rows are on disk."""
        os.fsync(self._fd)

    def close(self) -> None:
        """End writing; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class Follower:
    """Reads a journal on from where it was, and from the start where the file was replaced or cut."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._growth = Growth(path)

    @property
    def restarts(self) -> int:
        """How often the file was replaced or cut: rows given before are no longer in it."""
        return self._growth.restarts

    @property
    def is_behind(self) -> bool:
        """Whether the last ``read`` stopped at its limit with more to come."""
        return self._growth.is_behind

    def skip(self, position: int) -> None:
        """Begin there instead of at the start, with the next row; before the first ``read`` only."""
        self._growth.skip(position)

    def read(self, limit: int | None = None) -> list[Row]:
        """The rows since the last call; of about ``limit`` bytes, and of one line at the least."""
        return parse_rows(self._growth.read(limit))


def read_rows(path: Path) -> list[Row]:
    """Every complete row of a journal; none where it is missing."""
    return Follower(path).read()


def last_row(path: Path) -> Row | None:
    """The last complete row, read from the end, whatever the journal's length."""
    return next(iter(last_rows(path, 1)), None)


def last_rows(path: Path, count: int) -> list[Row]:
    """The last complete rows in their order, read from the end, whatever the journal's length."""
    try:
        fd = open_regular(path)
    except FileNotFoundError:
        return []
    try:
        return _last_rows(fd, count)
    finally:
        os.close(fd)


def _last_rows(fd: int, count: int) -> list[Row]:
    size = os.fstat(fd).st_size
    length = min(_BLOCK * count, size)
    while True:
        tail = os.pread(fd, length, size - length)
        lines = tail[: tail.rfind(b"\n") + 1]
        if length < size:  # the first line of a block may lack its beginning
            lines = lines[lines.find(b"\n") + 1 :]
        rows: list[Row] = []
        for line in reversed(lines.split(b"\n")):
            rows += parse_rows(line)
            if len(rows) == count:
                break
        if len(rows) == count or length == size:
            return rows[::-1]
        length = min(length * 4, size)


def epoch_rows(rows: Iterable[Row]) -> list[Row]:
    """One row an epoch, the last that was written, in order: a resumed run repeats epochs."""
    return _last_of_each(rows, "epoch")


def step_rows(rows: Iterable[Row]) -> list[Row]:
    """One row a step, the last that was written, in order."""
    return _last_of_each(rows, "step")


def _last_of_each(rows: Iterable[Row], key: str) -> list[Row]:
    latest = {row[key]: row for row in rows if isinstance(row.get(key), int)}
    return [latest[number] for number in sorted(latest)]


def parse_rows(lines: bytes) -> list[Row]:
    """The JSON objects among ``lines``; what is no object is passed over."""
    each = lines.split(b"\n")
    if not each[-1]:
        each.pop()
    try:
        values = list(map(orjson.loads, each))
    except ValueError:
        values = [loads_or_none(line) for line in each]
    if set(map(type, values)) <= {dict}:
        return values
    return [value for value in values if isinstance(value, dict)]


def loads_or_none(line: bytes) -> Any:
    """What the JSON says, read leniently; None where it is none."""
    try:
        return orjson.loads(line)
    except ValueError:
        pass
    try:
        return parse_leniently(line)
    except (ValueError, RecursionError):
        return None


def _ends_torn(fd: int) -> bool:
    size = os.fstat(fd).st_size
    return size > 0 and os.pread(fd, 1, size - 1) != b"\n"
