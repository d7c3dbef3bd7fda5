"""Pickles of strangers: only tensors, arrays and plain containers come out of them, and nothing is ever called."""

from __future__ import annotations

import gzip
import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

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
    import numpy as np

    def reconstruct(kind: type, shape: tuple[int, ...], _: bytes) -> Any:
        assert kind is np.ndarray
        return np.ndarray(shape, np.int8)

    return reconstruct


def _numpy(name: str) -> Callable[[], Any]:
    def find() -> Any:
        import numpy as np

        return getattr(np, name)

    return find


_ADMITTED: dict[tuple[str, str], Callable[[], Any]] = {
    ("collections", "OrderedDict"): lambda: OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch.storage", "_load_from_bytes"): _load_storage,
    ("numpy", "ndarray"): _numpy("ndarray"),
    ("numpy", "dtype"): _numpy("dtype"),
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
}
