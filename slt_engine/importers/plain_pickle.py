"""Pickles of strangers: only tensors, arrays and plain containers come out of them, and nothing is ever called."""

from __future__ import annotations

import gzip
import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal

from slt_engine.clips.errors import DataError

_GZIP = b"\x1f\x8b"


def read_pickle(path: Path) -> Any:
    """What ``path`` holds, gzipped or not. Raises DataError, for a pickle that asks for more than data too."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
            file.seek(0)
            stream = gzip.GzipFile(fileobj=file) if packed else file
            return _PlainUnpickler(stream, path).load()
    except OSError as fault:
        raise DataError(f"{path}: cannot be read ({fault.strerror or fault}); check the path") from fault
    except DataError:
        raise
    except Exception as fault:  # a broken pickle breaks in as many ways as there are opcodes
        raise DataError(
            f"{path}: is no pickle of keypoints ({type(fault).__name__}); fetch it again"
        ) from fault


class _PlainUnpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes] | gzip.GzipFile, path: Path) -> None:
        super().__init__(file)
        self._path = path

    def find_class(self, module: str, name: str) -> Any:
        made = _ADMITTED.get((module, name))
        if made is None:
            raise DataError(f"{self._path}: asks for {module}.{name}, which is no data; do not open it")
        return made()

    def persistent_load(self, _: Any) -> Any:
        raise DataError(f"{self._path}: refers to something outside itself; do not open it")


def _rebuild_tensor() -> Callable[..., Any]:
    from torch._utils import _rebuild_tensor_v2

    return _rebuild_tensor_v2


def _load_storage() -> Callable[[bytes], Any]:
    import torch

    def load(data: bytes) -> Any:
        return torch.load(io.BytesIO(data), weights_only=True)

    return load


def _reconstruct() -> Callable[..., Any]:
    """Of numpy's arrays, by stand-ins for its own classes: those take dtypes and buffers that read foreign memory."""
    import numpy as np

    class Array(np.ndarray[Any, Any]):
        def __setstate__(self, state: tuple[Any, ...]) -> None:  # type: ignore[override]
            _, shape, kind, fortran, data = state
            assert isinstance(kind, _Kind)
            assert isinstance(data, bytes)
            super().__setstate__((1, shape, np.dtype(kind.spelling), fortran, data))

    def reconstruct(*_: object) -> Any:
        return np.ndarray.__new__(Array, (0,), np.int8)

    return reconstruct


def _frombuffer() -> Callable[..., Any]:
    import numpy as np

    def frombuffer(
        data: bytes | bytearray, kind: _Kind, shape: tuple[int, ...], order: Literal["C", "F"]
    ) -> Any:
        assert isinstance(kind, _Kind)
        return np.frombuffer(data, kind.spelling).reshape(shape, order=order)

    return frombuffer


def _encode(text: str, _: str) -> bytes:
    return text.encode("latin1")


class _Kind:
    """A dtype of plain numbers."""

    def __init__(self, name: str, *_: object) -> None:
        if name not in _NUMBERS:
            raise ValueError(name)
        self.spelling = name

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        """Of a dtype's state the order of its bytes."""
        if state[1] == ">":
            self.spelling = f">{self.spelling}"


_NUMBERS = frozenset(("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"))

_ADMITTED: dict[tuple[str, str], Callable[[], Any]] = {
    ("collections", "OrderedDict"): lambda: OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch.storage", "_load_from_bytes"): _load_storage,
    ("numpy", "ndarray"): lambda: "ndarray",
    ("numpy", "dtype"): lambda: _Kind,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy.core.numeric", "_frombuffer"): _frombuffer,
    ("numpy._core.numeric", "_frombuffer"): _frombuffer,
    ("_codecs", "encode"): lambda: _encode,  # bytes in the protocols up to 2
}
