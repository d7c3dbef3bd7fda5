"""Growth: a file that grows, read on from where it was, line by line, whatever else happens to it."""

from __future__ import annotations

import os
from pathlib import Path

_FINGERPRINT = 64  # bytes before the position that must not have changed


class Growth:
    """Gives the complete lines that are new, and begins again where the file was replaced or cut.

    ``restarts`` counts those: lines given before it grew are no longer in the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.restarts = 0
        self._seen: tuple[int, int, int, int] | None = None
        self._begin(0)

    @property
    def is_behind(self) -> bool:
        """Whether the last ``read`` stopped at its limit with more to come."""
        return self._seen is not None and self._position < self._seen[2]

    @property
    def position(self) -> int:
        """How many of the file's bytes were read."""
        return self._position

    @property
    def size(self) -> int:
        """The file's length when it was last looked at."""
        return self._seen[2] if self._seen else 0

    def skip(self, position: int) -> None:
        """Begin there instead of at the start; before the first ``read`` only."""
        self._begin(position)

    def read(self, limit: int | None = None) -> bytes:
        """The complete lines since the last call; about ``limit`` bytes of them, and one line at the least."""
        try:
            fd = os.open(
                self.path, os.O_RDONLY | os.O_NONBLOCK
            )  # a pipe of that name must not hold its reader
        except FileNotFoundError:
            return b""
        try:
            return self._read(fd, limit)
        finally:
            os.close(fd)

    def _read(self, fd: int, limit: int | None) -> bytes:
        now = os.fstat(fd)
        seen = (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns)
        if seen == self._seen and not self.is_behind:
            return b""
        if not self._is_the_same(fd, seen):
            self.restarts += 1
            self._begin(0)
        self._seen = seen
        lines = b""
        while not lines and self.is_behind:
            left = now.st_size - self._position
            data = os.pread(fd, left if limit is None else min(limit, left), self._position)
            if not data:
                break
            lines = self._take(data)
        return lines

    def _begin(self, position: int) -> None:
        self._position: int = position  # how far was read
        self._half = b""  # the line that had no end yet
        self._before = b""  # the last bytes that were read

    def _is_the_same(self, fd: int, seen: tuple[int, int, int, int]) -> bool:
        if self._seen is None:
            return True
        if seen[:2] != self._seen[:2] or seen[2] < self._position:
            return False
        return os.pread(fd, len(self._before), self._position - len(self._before)) == self._before

    def _take(self, data: bytes) -> bytes:
        self._position += len(data)
        self._before = (self._before + data[-_FINGERPRINT:])[-_FINGERPRINT:]
        lines, newline, rest = data.rpartition(b"\n")
        if not newline:
            self._half += rest
            return b""
        lines, self._half = self._half + lines + newline, rest
        return lines
