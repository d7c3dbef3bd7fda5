"""The key pose of a clip: 33 body landmarks as extraction writes them."""

# F frames, P landmarks

from __future__ import annotations

from pathlib import Path

import numpy as np

from slt_engine.clips.arrays import ArrayFile, open_arrays
from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import Space, mark_missing, scale_points
from slt_engine.clips.layouts import body_pairs

LANDMARKS = 33
SUFFIXES = (".npz", ".npy")
MIRROR = body_pairs(LANDMARKS)
"""Landmarks that change places in a mirror."""


def read_pose(path: Path) -> np.ndarray:
    """Float32 (F, 33, 3): x, y, visibility, all three 0 where a landmark is missing. Raises DataError."""
    with open_arrays(path) as arrays:
        name = _pose_array(arrays, path)
        frames = arrays.shape(name)[0]
        values_FP3 = arrays.read(name).reshape(frames, LANDMARKS, 3)
    with np.errstate(over="ignore", invalid="ignore"):
        return scale_points(mark_missing(values_FP3.astype(np.float32), path), Space(), path)


def pose_length(path: Path) -> int:
    """Frames of a pose file, from its header."""
    with open_arrays(path) as arrays:
        return arrays.shape(_pose_array(arrays, path))[0]


def _pose_array(arrays: ArrayFile, path: Path) -> str:
    name = arrays.table("pose")
    shape = arrays.shape(name)
    if shape[1:] not in ((LANDMARKS * 3,), (LANDMARKS, 3)) or not shape[0]:
        raise DataError(
            f"{path}: shape {shape} is not (frames, 99), 33 landmarks of x, y, visibility; extract again"
        )
    return name
