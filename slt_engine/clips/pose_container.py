"""The .pose container: header through the pose-format package, body as float32 arrays."""

# F frames, N people, J points, D axes (x, y[, z])

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from slt_engine.clips.arrays import MAX_BYTES, open_regular
from slt_engine.clips.errors import DataError

_HEADER_BYTES = 1 << 18  # 586 named points with their limbs take about 20 kB
# Rate, frames and, but for the oldest version, people.
_BODY_HEAD = {0.0: struct.Struct("<HH"), 0.1: struct.Struct("<HHH"), 0.2: struct.Struct("<fIH")}
_BROKEN = (OSError, EOFError, ValueError, TypeError, KeyError, OverflowError, MemoryError, struct.error)


@dataclass(frozen=True)
class Component:
    """A named group of points, in the order of the file."""

    name: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class PoseHead:
    """What a .pose file says about itself; ``body_at`` is where its values begin."""

    version: float
    width: int
    height: int
    fps: float
    frames: int
    people: int
    axes: int
    components: tuple[Component, ...]
    body_at: int

    @property
    def points(self) -> int:
        return sum(len(component.points) for component in self.components)


def read_pose_head(path: Path) -> PoseHead:
    """The header of a .pose file, checked against the file's size; the body is not read."""
    try:
        with open_regular(path) as stream:
            return _parse_head(stream.read(_HEADER_BYTES), os.fstat(stream.fileno()).st_size)
    except _BROKEN as fault:
        raise _unreadable(path, fault) from fault


def read_pose_container(path: Path) -> tuple[PoseHead, np.ndarray]:
    """Header, and float32 (F, J, 3) of the first person: x, y as they are in the file, confidence."""
    try:
        with open_regular(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            content = stream.read(min(size, MAX_BYTES))
        head = _parse_head(content[:_HEADER_BYTES], size)
        return head, _parse_body(content, head)
    except _BROKEN as fault:
        raise _unreadable(path, fault) from fault


def _parse_head(prefix: bytes, size: int) -> PoseHead:
    from pose_format.pose_header import PoseHeader
    from pose_format.utils.reader import BufferReader

    if size > MAX_BYTES:
        raise ValueError(f"{size} bytes are more than a clip can have")
    reader = BufferReader(prefix)
    header = PoseHeader.read(reader)
    version = round(header.version, 3)
    if version not in _BODY_HEAD:
        raise ValueError(f"version {version:g} of the format is not read, only {sorted(_BODY_HEAD)}")
    body_head = _BODY_HEAD[version]
    fps, frames, *people = body_head.unpack_from(prefix, reader.read_offset)
    formats = {component.format for component in header.components}
    if formats not in ({"XYC"}, {"XYZC"}):
        raise ValueError(f"points must be x, y[, z], confidence, not {sorted(formats)}")
    head = PoseHead(
        version=version,
        width=header.dimensions.width,
        height=header.dimensions.height,
        fps=float(fps),
        frames=frames,
        people=people[0] if people else 1,
        axes=header.num_dims(),
        components=tuple(Component(c.name, tuple(c.points)) for c in header.components),
        body_at=reader.read_offset + body_head.size,
    )
    return _count_frames(head, size)


def _count_frames(head: PoseHead, size: int) -> PoseHead:
    """The head with its number of frames confirmed by the file's size; 0.1 stores it modulo 65,536 only."""
    frame_bytes = head.people * head.points * (head.axes + 1) * 4
    held = (size - head.body_at) // frame_bytes if frame_bytes else 0
    if not held or not (head.frames or head.version == 0.1):
        raise ValueError("it holds no frame with a person in it")
    if head.frames * head.points * 3 * 4 > MAX_BYTES:
        raise ValueError(f"{head.frames} frames of {head.points} points are more than a clip can have")
    if head.version == 0.0:  # frames differ in size there: the body's reader counts
        return head
    frames = held if head.version == 0.1 else head.frames
    if held < frames or (head.version == 0.1 and held % (1 << 16) != head.frames):
        raise ValueError(f"cut short: {head.frames} frames promised, {held} there")
    return replace(head, frames=frames)


def _parse_body(content: bytes, head: PoseHead) -> np.ndarray:
    if head.version == 0.0:
        return np.stack(list(_oldest_frames(content, head)))
    shape_FNJ = (head.frames, head.people, head.points)
    points = head.frames * head.people * head.points
    values = np.frombuffer(content, "<f4", points * (head.axes + 1), head.body_at)
    xy_FJD = values[: points * head.axes].reshape(*shape_FNJ, head.axes)[:, 0, :, :2]
    confidence_FJ = values[points * head.axes :].reshape(shape_FNJ)[:, 0]
    return np.concatenate([xy_FJD, confidence_FJ[..., None]], axis=-1)


def _oldest_frames(content: bytes, head: PoseHead) -> Iterator[np.ndarray]:
    """Version 0.0: per frame the number of people, then each one's id and points; nobody is all zeros."""
    at, values = head.body_at, head.points * (head.axes + 1)
    for _ in range(head.frames):
        (people,) = struct.unpack_from("<H", content, at)
        at += 2
        points_JC = np.zeros((head.points, head.axes + 1), np.float32)
        if people:
            points_JC = np.frombuffer(content, "<f4", values, at + 2).reshape(points_JC.shape)
        at += people * (2 + 4 * values)
        yield points_JC[:, [0, 1, -1]]


def _unreadable(path: Path, fault: BaseException) -> DataError:
    reason = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
    return DataError(f"{path}: not a readable .pose file ({reason}); write it again or drop the clip")
