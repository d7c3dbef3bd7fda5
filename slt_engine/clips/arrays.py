"""NumPy arrays from .npy and .npz files, with nothing in their headers taken on trust."""

from __future__ import annotations

import io
import math
import stat
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy_format

from slt_engine.clips.errors import DataError

MAX_BYTES = 1 << 30  # one clip's arrays are a few megabytes; a header that asks for more is broken or hostile

_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    MemoryError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
_NUMBERS, _TEXT = "fiub", "US"  # kinds of NumPy types
_BUFFER_BYTES = 1 << 17  # holds a usual clip: zipfile seeks back and forth
_START_BYTES = 10  # magic, version, length of the header


class ArrayFile:
    """An open .npy (one array, named "") or .npz; ``shape`` reads headers only, ``read`` the values."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path, self._stream = path, stream
        self._zip = zipfile.ZipFile(stream) if path.suffix == ".npz" else None
        self.names = self._list_names()

    def table(self, name: str) -> str:
        """``name`` if it is there, else the name of the only array with two axes or more."""
        if name in self.names:
            return name
        tables = [other for other in self.names if len(self.names) == 1 or len(self.shape(other)) >= 2]
        if len(tables) != 1:
            raise DataError(
                f'{self._path}: holds the arrays {sorted(self.names)}; call the one to read "{name}"'
            )
        return tables[0]

    def shape(self, name: str) -> tuple[int, ...]:
        with self._open(name) as (stream, size):
            return self._header(stream, size, _NUMBERS + _TEXT)[0]

    def read(self, name: str) -> np.ndarray:
        return self._read(name, _NUMBERS)

    def read_text(self, name: str) -> str:
        """The only, or the first, of the texts in ``name``."""
        return str(self._read(name, _TEXT).reshape(-1)[0])

    def _read(self, name: str, kinds: str) -> np.ndarray:
        with self._open(name) as (stream, size):
            shape, fortran, dtype = self._header(stream, size, kinds)
            content = stream.read(math.prod(shape) * dtype.itemsize)
            values = np.frombuffer(content, dtype, count=math.prod(shape))
        return values.reshape(shape, order="F" if fortran else "C")

    def _list_names(self) -> tuple[str, ...]:
        if self._zip is None:
            return ("",)
        return tuple(name.removesuffix(".npy") for name in self._zip.namelist() if name.endswith(".npy"))

    @contextmanager
    def _open(self, name: str) -> Iterator[tuple[IO[bytes], int]]:
        if self._zip is None:
            self._stream.seek(0, io.SEEK_END)
            size = self._stream.tell()
            self._stream.seek(0)
            yield self._stream, size
            return
        member = self._zip.getinfo(f"{name}.npy")
        # LZMA and BZIP2 may ask for gigabytes of working memory; NumPy writes neither.
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("a compression that NumPy does not write")
        with self._zip.open(member) as stream:
            yield stream, member.file_size

    def _header(self, stream: IO[bytes], size: int, kinds: str) -> tuple[tuple[int, ...], bool, np.dtype]:
        start = stream.read(_START_BYTES)
        # Versions 2 and 3 exist for record arrays, and let a header ask for 4 GB.
        if len(start) < _START_BYTES or not start.startswith(npy_format.magic(1, 0)):
            raise ValueError("not a plain array of numbers")
        header = stream.read(int.from_bytes(start[-2:], "little"))
        shape, fortran, dtype = _parse_header(start[-2:] + header)
        if dtype.hasobject or dtype.kind not in kinds:
            raise DataError(
                f"{self._path}: holds {dtype} where numbers (or a name) belong; save float32 arrays"
            )
        needed = math.prod(shape) * dtype.itemsize
        if min(shape, default=0) < 0 or needed > min(MAX_BYTES, size - _START_BYTES - len(header)):
            raise ValueError(f"its header promises shape {shape}, which the file does not hold")
        return shape, fortran, dtype


@contextmanager
def open_arrays(path: Path) -> Iterator[ArrayFile]:
    """The arrays of ``path``; whatever breaks while it is open becomes a DataError that names the file."""
    try:
        with open_regular(path) as stream:
            yield ArrayFile(path, stream)
    except _BROKEN as fault:
        reason = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise DataError(f"{path}: cannot be read ({reason}); write it again or drop the clip") from fault


@contextmanager
def open_regular(path: Path) -> Iterator[IO[bytes]]:
    """``path`` open for reading; a pipe or a device, which could block for ever, is refused."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("not a regular file")
    with path.open("rb", buffering=_BUFFER_BYTES) as stream:
        yield stream


@lru_cache(
    maxsize=4096
)  # a data set has few different headers, and parsing one takes longer than reading a clip
def _parse_header(header: bytes) -> tuple[tuple[int, ...], bool, np.dtype]:
    return npy_format.read_array_header_1_0(io.BytesIO(header))
