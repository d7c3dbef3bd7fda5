"""Features of frozen backbones on disk: computed once, shared by runs, float16, one file a clip and stream."""

# N frames that the file holds, F width of a backbone

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

_MAGIC = b"SLTFEAT1"
_HEAD = np.dtype([("magic", "S8"), ("frames", "<u4"), ("width", "<u4"), ("checksum", "<u4")])
_MOST_BYTES = 1 << 30


class Fingerprinted(Protocol):
    """A clip's crops of one stream."""

    def fingerprint(self) -> str:
        """Changes when a picture does."""


@dataclass(frozen=True)
class Features:
    """A clip's features by the number of the frame, rising; ``found_N`` is False where the crop shows nothing."""

    frames_N: np.ndarray
    found_N: np.ndarray
    features_NF: np.ndarray

    def places(self, frames_T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where each of ``frames_T`` stands in the file, and whether it does."""
        at_T = np.searchsorted(self.frames_N, frames_T).clip(max=len(self.frames_N) - 1)
        return at_T, self.frames_N[at_T] == frames_T


class FeatureCache:
    """The features of one frozen backbone, under ``key``: what its weights, its kind and its pictures' size come to.

    The key is asked for when the first clip is read: a resumed run has its weights by then. A file that is damaged is
    computed anew; a disk that refuses ends the writing, not the run. Either is told through ``warn`` by the thread that
    writes. Without ``home`` nothing is kept.
    """

    def __init__(self, key: Callable[[], str], *, home: Path | None, warn: Callable[[str], None]) -> None:
        self._key, self._home, self._warn = key, home, warn
        self._fingerprints: dict[int, tuple[Fingerprinted, str]] = {}
        self._damaged: set[Path] = set()
        self._writes = True

    @cached_property
    def _directory(self) -> Path | None:
        return self._home / self._key()[:32] if self._home else None

    def entry(self, crops: Fingerprinted, *, variant: str = "") -> FeatureEntry:
        """Where the features of ``crops`` are kept; ``variant`` says what was done to the pictures."""
        if self._directory is None:
            return FeatureEntry(self, None)
        name = hashlib.sha256(f"{self._fingerprint(crops)} {variant}".encode()).hexdigest()
        return FeatureEntry(self, self._directory / name[:2] / f"{name[2:40]}.feat")

    def read(self, path: Path) -> Features | None:
        """None where there is no file that can be used."""
        try:
            data = path.read_bytes()
        except OSError:
            return None
        features = parse_features(data)
        if features is None:
            self._damaged.add(path)
        return features

    def write(self, path: Path, features: Features) -> None:
        """Replace the file, in one go; what it had of other frames stays."""
        if not self._writes:
            return
        if path in self._damaged:
            self._damaged.discard(path)
            self._warn(f"{path}: cached features are damaged; they are computed anew")
        known = self.read(path)
        try:
            _replace(path, format_features(features if known is None else join(known, features)))
        except OSError as error:
            self._writes = False
            self._warn(
                f"{path.parent}: features cannot be kept ({error.strerror}); going on without, SLT_CACHE moves them"
            )

    def _fingerprint(self, crops: Fingerprinted) -> str:
        """Files are looked at once a run; that they do not change while it reads them is taken for granted."""
        if id(crops) not in self._fingerprints:
            self._fingerprints[id(crops)] = crops, crops.fingerprint()
        return self._fingerprints[id(crops)][1]


@dataclass(frozen=True)
class FeatureEntry:
    """The place of one clip's features in a cache; None where they are not kept."""

    cache: FeatureCache
    path: Path | None

    def read(self) -> Features | None:
        """None where there are none."""
        return self.cache.read(self.path) if self.path else None

    def write(self, features: Features) -> None:
        """Add ``features``."""
        if self.path:
            self.cache.write(self.path, features)


def features_home(cache: Path) -> Path:
    """Where features are kept between runs; it may be deleted at any time."""
    return cache / "features"


def join(known: Features, added: Features) -> Features:
    """Both, with ``added`` where they hold the same frame; only that when their widths differ."""
    if known.features_NF.shape[1] != added.features_NF.shape[1]:
        return added
    kept_N = ~np.isin(known.frames_N, added.frames_N)
    frames_N = np.concatenate([known.frames_N[kept_N], added.frames_N])
    order_N = np.argsort(frames_N, kind="stable")
    return Features(
        frames_N[order_N],
        np.concatenate([known.found_N[kept_N], added.found_N])[order_N],
        np.concatenate([known.features_NF[kept_N], added.features_NF])[order_N],
    )


def format_features(features: Features) -> bytes:
    """A file's bytes: a head with a checksum, then the frames' numbers, which were found, the features."""
    body = b"".join(
        (
            features.frames_N.astype("<i4").tobytes(),
            features.found_N.astype(np.uint8).tobytes(),
            features.features_NF.astype("<f2").tobytes(),
        )
    )
    head = np.array([(_MAGIC, *features.features_NF.shape, zlib.crc32(body))], _HEAD)
    return head.tobytes() + body


def parse_features(data: bytes) -> Features | None:
    """None for anything but what ``format_features`` wrote."""
    if len(data) < _HEAD.itemsize:
        return None
    head = np.frombuffer(data, _HEAD, count=1)[0]
    frames, width, body = int(head["frames"]), int(head["width"]), data[_HEAD.itemsize :]
    size = frames * (5 + 2 * width)
    if bytes(head["magic"]) != _MAGIC or not frames or size > _MOST_BYTES or len(body) != size:
        return None
    if zlib.crc32(body) != int(head["checksum"]):
        return None
    return Features(
        np.frombuffer(body, "<i4", frames),
        np.frombuffer(body, np.uint8, frames, offset=4 * frames).astype(bool),
        np.frombuffer(body, "<f2", frames * width, offset=5 * frames).reshape(frames, width),
    )


def _replace(path: Path, data: bytes) -> None:
    """Another process finds the old file or the new one. Not synced: a power cut costs a clip's features, and the
    checksum tells."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_native_id()}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
