"""A clip's file of keypoints or pose: what is known of it, and its points in all its frames."""

# F frames of a file, P points (J joints of keypoints), C channels (x, y, confidence)

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import Space, aspect_of, points_of, read_raw
from slt_engine.clips.layouts import Layout
from slt_engine.clips.pose import read_pose


@dataclass(frozen=True)
class ClipFile:
    """A stream's file of a clip and its frames."""

    path: Path
    frames: int


@dataclass(frozen=True)
class KeypointReading:
    """How keypoint files are read: their layout, the points kept of it, the space of files that tell none."""

    layout: Layout
    kept: tuple[int, ...]
    space: Space | None = None


def read_keypoint_file(file: ClipFile, reading: KeypointReading) -> tuple[np.ndarray, float]:
    """The points that are kept, float32 (F, J, C), and width over height of what they are counted in.

    Raises DataError.
    """
    raw = read_raw(file.path)
    points_FJC = points_of(raw, reading.layout, file.path, space=reading.space)
    _check_length(points_FJC, file)
    return np.take(points_FJC, reading.kept, axis=1), aspect_of(raw, reading.space)


def read_pose_file(file: ClipFile) -> np.ndarray:
    """Float32 (F, P, C). Raises DataError."""
    pose_FPC = read_pose(file.path)
    _check_length(pose_FPC, file)
    return pose_FPC


def _check_length(points_FPC: np.ndarray, file: ClipFile) -> None:
    if len(points_FPC) != file.frames:
        raise DataError(
            f"{file.path}: {len(points_FPC)} frames, {file.frames} at the start of the run; "
            "do not change files while they are read"
        )
