"""Whole files, replaced atomically; JSON read leniently."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

_BLOCK = 1 << 16


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``: a reader, or a power cut, finds the old file or the new one, never half."""
    with replacing(path) as file:
        file.write(data)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes ``path``'s place when the block ends well, and vanishes otherwise."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_native_id()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make the renames in ``path`` survive a power cut."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def replace_json(path: Path, value: Any) -> None:
    """``replace_file`` with ``value`` as JSON that people can read too."""
    replace_file(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())


def read_json(path: Path) -> Any | None:
    """What the file says; None where there is no such file or no JSON in it."""
    try:
        return parse_leniently(read_bytes(path))
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return None  # a file that cannot be read now raises: it is not one that is not there


def read_bytes(path: Path | str) -> bytes:
    """The whole file, in half of the time that Path.read_bytes takes for a small one: a list reads thousands."""
    fd = open_regular(path)
    try:
        data = os.read(fd, _BLOCK)
        while len(data) % _BLOCK == 0 and (more := os.read(fd, _BLOCK)):
            data += more
        return data
    finally:
        os.close(fd)


def open_regular(path: Path | str) -> int:
    """A descriptor to read a file by. Raises FileNotFoundError for what is none: a pipe, a directory, a device."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe of that name must not hold its reader
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise FileNotFoundError(errno.ENOENT, "a link to itself", str(path)) from error
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise FileNotFoundError(errno.ENOENT, "not a regular file", str(path))
    return fd


def parse_leniently(data: bytes) -> Any:
    """JSON, and NaN or Infinity, which Python's writers may leave in it, as None. Raises ValueError."""
    return _DECODER.decode(data.decode())


def _no_number(_: str) -> None:
    return None


_DECODER = json.JSONDecoder(parse_constant=_no_number)
