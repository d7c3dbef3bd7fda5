"""Packed streams: one memory-mapped file a stream and split, in place of a file a clip or a frame."""

# F frames of a clip, N frames of all clips, J points, C channels (x, y, confidence)

from __future__ import annotations

import json
import mmap
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from slt_engine.data.frames import CropSource
from slt_engine.run.files import replacing

_MAGIC = b"SLTPACK1"
_TAIL = np.dtype(
    [("size", "<u8"), ("checksum", "<u4"), ("magic", "S8")]
)  # of the head, which stands before it
_LARGEST_HEAD = 1 << 30


@dataclass(frozen=True)
class Pack:
    """An open file: what its head says, and its data."""

    head: Mapping[str, Any]
    data: memoryview


@dataclass(frozen=True)
class PackedPoints:
    """Keypoints or poses of clips, whole: (F, J, C) of each and its aspect, without a copy."""

    points_NJC: np.ndarray
    places: Mapping[str, tuple[int, int, float]]

    def read(self, clip_id: str) -> tuple[np.ndarray, float]:
        """The clip's (F, J, C), read-only, and width over height of what they were counted in."""
        start, frames, aspect = self.places[clip_id]
        return self.points_NJC[start : start + frames], aspect


@dataclass(frozen=True)
class PackedCrops:
    """A clip's encoded crops in a pack; all else is asked of ``origin``, the files that they come from."""

    origin: CropSource
    known_fingerprint: str
    data: memoryview
    ends_F: np.ndarray
    """Where each frame's picture ends in ``data``; the start of the first stands before them."""

    @property
    def frames(self) -> int:
        """One more than the last frame that has a crop."""
        return self.origin.frames

    @property
    def has_gaps(self) -> bool:
        """Whether frames before the last one have no crop."""
        return self.origin.has_gaps

    def read(self, frame: int) -> memoryview | None:
        """The encoded picture; None where there is none."""
        if frame >= len(self.ends_F) - 1:
            return None
        start, end = int(self.ends_F[frame]), int(self.ends_F[frame + 1])
        return self.data[start:end] if end > start else None

    def whereabouts(self, frame: int) -> str:
        """The picture for a message."""
        return self.origin.whereabouts(frame)

    def fingerprint(self) -> str:
        """That of the files."""
        return self.known_fingerprint


def write_points(path: Path, fingerprint: str, clips: Iterable[tuple[str, np.ndarray, float]]) -> None:
    """Pack clips of (F, J, C) float32, each with its aspect. Raises OSError where the disk refuses."""
    places: dict[str, tuple[int, int, float]] = {}
    start, shape = 0, [0, 0]
    with replacing(path) as file:
        for clip_id, points_FJC, aspect in clips:
            places[clip_id] = start, len(points_FJC), aspect
            start, shape = start + len(points_FJC), list(points_FJC.shape[1:])
            file.write(np.ascontiguousarray(points_FJC, "<f4").data)
        _finish(file, {"fingerprint": fingerprint, "shape": [start, *shape], "places": places})


def write_crops(path: Path, fingerprint: str, clips: Iterable[tuple[str, CropSource]]) -> None:
    """Pack clips' encoded crops as they are. Raises DataError, and OSError where the disk refuses."""
    ends: list[int] = [0]
    places: dict[str, tuple[int, int, str]] = {}
    with replacing(path) as file:
        for clip_id, source in clips:
            places[clip_id] = len(ends) - 1, source.frames, source.fingerprint()
            for frame in range(source.frames):
                ends.append(ends[-1] + file.write(source.read(frame) or b""))
        file.write(bytes(-ends[-1] % 8))
        file.write(np.array(ends, "<i8").data)
        _finish(file, {"fingerprint": fingerprint, "bytes": ends[-1], "ends": len(ends), "places": places})


def open_points(path: Path, fingerprint: str) -> PackedPoints | None:
    """The pack at ``path``; None where there is none of these sources, or none that can be used."""
    pack = open_pack(path, fingerprint)
    try:
        if pack is None:
            return None
        frames, points, channels = (int(side) for side in pack.head["shape"])
        points_NJC = np.frombuffer(pack.data, "<f4", count=frames * points * channels)
        places = {
            clip: (int(at), int(n), float(aspect)) for clip, (at, n, aspect) in pack.head["places"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    inside = all(at >= 0 and n > 0 and at + n <= frames for at, n, _ in places.values())
    return PackedPoints(points_NJC.reshape(frames, points, channels), places) if inside else None


def open_crops(
    path: Path, fingerprint: str, origins: Mapping[str, CropSource]
) -> dict[str, CropSource] | None:
    """The packed clips of ``origins``; None where there are none of these files, or none that can be used."""
    pack = open_pack(path, fingerprint)
    try:
        if pack is None:
            return None
        size, count = int(pack.head["bytes"]), int(pack.head["ends"])
        ends_N = np.frombuffer(pack.data, "<i8", count=count, offset=size + -size % 8)
        if ends_N[0] != 0 or (np.diff(ends_N) < 0).any() or ends_N[-1] != size:
            return None
        places = {
            clip: (int(at), int(frames), str(known))
            for clip, (at, frames, known) in pack.head["places"].items()
        }
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
        return None
    if any(at < 0 or frames < 0 or at + frames >= count for at, frames, _ in places.values()):
        return None
    return {
        clip: PackedCrops(origin, known, pack.data, ends_N[at : at + frames + 1])
        for clip, origin in origins.items()
        for at, frames, known in [places[clip]]
    }


def open_pack(path: Path, fingerprint: str) -> Pack | None:
    """A pack of these sources; None where the file is missing, torn, damaged in its head, or of others."""
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        head = _read_head(data)
        return Pack(head, data) if head is not None and head["fingerprint"] == fingerprint else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _read_head(data: memoryview) -> Mapping[str, Any] | None:
    if len(data) < _TAIL.itemsize:
        return None
    tail = np.frombuffer(data[-_TAIL.itemsize :], _TAIL)[0]
    size, end = int(tail["size"]), len(data) - _TAIL.itemsize
    if bytes(tail["magic"]) != _MAGIC or size > min(_LARGEST_HEAD, end):
        return None
    text = bytes(data[end - size : end])
    head: Mapping[str, Any] | None = json.loads(text) if zlib.crc32(text) == int(tail["checksum"]) else None
    return head


def _finish(file: IO[bytes], head: Mapping[str, Any]) -> None:
    text = json.dumps(head).encode()
    file.write(text + np.array([(len(text), zlib.crc32(text), _MAGIC)], _TAIL).tobytes())
