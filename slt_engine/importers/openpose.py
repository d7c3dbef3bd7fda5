"""OpenPose's JSON, a file a frame: body 25, face 70, hands 21 and 21, as openpose_137 orders them."""

# F frames, J points, C channels (x, y, confidence)

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slt_engine.clips.errors import DataError

PARTS = (
    ("pose_keypoints_2d", 25),
    ("face_keypoints_2d", 70),
    ("hand_left_keypoints_2d", 21),
    ("hand_right_keypoints_2d", 21),
)
LAYOUT = "openpose_137"
_POINTS = sum(points for _, points in PARTS)


def read_frames(directory: Path) -> NDArray[np.float32]:
    """Float32 (F, 137, 3) of the directory's *_keypoints.json in the order of their names. Raises DataError.

    Of several people the one whom OpenPose is surest of is read; a frame without any is all zeros, which is missing.
    """
    files = sorted(directory.glob("*_keypoints.json"))
    if not files:
        raise DataError(f"{directory}: has no *_keypoints.json; check the directory")
    return np.stack([_read_frame(path) for path in files])


def _read_frame(path: Path) -> NDArray[np.float32]:
    try:
        document = json.loads(path.read_bytes())
        people = [_person(person) for person in document["people"]]
    except OSError as fault:
        raise DataError(f"{path}: cannot be read ({fault.strerror}); fetch it again") from fault
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as fault:
        raise DataError(f"{path}: is not OpenPose's ({type(fault).__name__}); fetch it again") from fault
    if not people:
        return np.zeros((_POINTS, 3), np.float32)
    return max(people, key=lambda points_JC: float(points_JC[:, 2].sum()))


def _person(person: Mapping[str, Any]) -> NDArray[np.float32]:
    return np.concatenate([_part(person.get(name, ()), points) for name, points in PARTS])


def _part(values: Sequence[float], points: int) -> NDArray[np.float32]:
    if not values:
        return np.zeros((points, 3), np.float32)
    return np.array(values, np.float32).reshape(points, 3)
