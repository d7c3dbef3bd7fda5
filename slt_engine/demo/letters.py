"""One recorded letter: read from its .pose file, cut to the part in which the hand holds it."""

# T frames, P landmarks (33 pose, 21 left hand, 21 right hand), C = x, y, confidence

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from slt_engine.clips.errors import DataError
from slt_engine.clips.layouts import layout_of_points
from slt_engine.clips.pose_container import read_pose_container

PARTS = ("body", "hand_l", "hand_r")
LANDMARKS = 75
LEFT_HAND, RIGHT_HAND = slice(33, 54), slice(54, 75)
LEFT_SHOULDER, RIGHT_SHOULDER = 11, 12
MOVING = 1.25
"""Shoulder widths a second from which the wrist counts as on its way up or down.

A letter's own movement may be as fast: only the first run of rising frames and the last of falling ones go.
"""
ENDS = 0.4
"""The share of the recording, at each end, in which such a run may begin."""

Points = NDArray[np.float32]


@dataclass(frozen=True)
class Letter:
    """``points_TPC`` with x and y as a share of the square picture's side; confidence 0 where not found."""

    points_TPC: Points
    fps: float


def read_letter(path: Path) -> Letter:
    """The trimmed recording. Raises DataError when the file is not the kind of recording it should be."""
    whole = read_recording(path)
    start, stop = holding_frames(whole)
    return Letter(whole.points_TPC[start:stop], whole.fps)


def read_recording(path: Path) -> Letter:
    """The whole recording, hands rising and falling included."""
    head, points_TPC = read_pose_container(path)
    layout = layout_of_points(head.points)
    index = [point for part in PARTS for point in layout.streams.get(part, ())] if layout else []
    if len(index) != LANDMARKS:
        raise DataError(
            f"{path}: {head.points} points are not a MediaPipe recording of pose and hands; install it again"
        )
    if head.width != head.height:
        raise DataError(
            f"{path}: the picture is {head.width}x{head.height}, not square; install the recordings again"
        )
    points_TPC = points_TPC[:, index].astype(np.float32)
    points_TPC[..., :2] /= head.width
    return Letter(points_TPC, head.fps)


def holding_frames(letter: Letter) -> tuple[int, int]:
    """First frame after the hand has come up, and the first after which it goes down again (half open)."""
    fall_T = np.diff(_wrist_height(letter.points_TPC)) * letter.fps
    start = _end_of_first_run(fall_T < -MOVING)
    stop = len(fall_T) + 1 - _end_of_first_run(fall_T[::-1] > MOVING)
    return start, stop


def signing_hand(points_TPC: Points) -> slice:
    """The hand that was found in more frames."""
    left, right = (int((points_TPC[:, hand.start, 2] > 0).sum()) for hand in (LEFT_HAND, RIGHT_HAND))
    return LEFT_HAND if left > right else RIGHT_HAND


def shoulder_width(points_TPC: Points) -> float:
    """Median distance between the shoulders, as a share of the picture."""
    across_TC = points_TPC[:, LEFT_SHOULDER, :2] - points_TPC[:, RIGHT_SHOULDER, :2]
    return float(np.median(np.linalg.norm(across_TC, axis=-1)))


def _wrist_height(points_TPC: Points) -> NDArray[np.float64]:
    """The signing hand's wrist over time in shoulder widths, downwards; bridged where the hand was lost."""
    wrist_TC = points_TPC[:, signing_hand(points_TPC).start]
    found = np.flatnonzero(wrist_TC[:, 2] > 0)
    if len(found) == 0:
        return np.zeros(len(points_TPC))
    height_T: NDArray[np.float64] = np.interp(np.arange(len(points_TPC)), found, wrist_TC[found, 1])
    return height_T / shoulder_width(points_TPC)


def _end_of_first_run(moving_T: NDArray[np.bool_]) -> int:
    """Index after the first run of True that begins within ENDS, else 0; a single False does not break it."""
    moving_T = moving_T.copy()
    moving_T[1:-1] |= moving_T[:-2] & moving_T[2:]
    first = int(np.argmax(moving_T)) if moving_T.any() else len(moving_T)
    if first >= ENDS * len(moving_T):
        return 0
    still = np.flatnonzero(~moving_T[first:])
    return first + int(still[0]) if len(still) else 0
