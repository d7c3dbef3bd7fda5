"""Where the face and the hands are in a frame, also when the detector loses them."""

# J the 543 landmarks, N some of them, P the pose's 33, C = x, y, z, confidence; coordinates in pixels

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from slt_engine.extract.landmarks import PARTS
from slt_engine.extract.settings import MARGIN

SEEN = 0.5  # visibility of a pose landmark that is taken for granted
HOLDS_S = 0.5  # the box before serves so long
HAND_OVER_SHOULDERS = 0.5  # a hand's box without margin, over the distance between the shoulders
FACE_OVER_EARS = 1.5  # likewise the face mesh's, over the distance between the ears

_SHOULDERS, _EARS, _HEAD, _MOUTH = (11, 12), (7, 8), (0, 2, 5, 9, 10), (9, 10)
_ARMS = {"hand_l": (15, 17, 19), "hand_r": (16, 18, 20)}  # wrist, knuckles of the little finger and the index


class Origin(IntEnum):
    """What a crop's box comes from."""

    NONE = 0
    DETECTOR = 1
    POSE = 2
    PREVIOUS = 3


@dataclass(frozen=True)
class Box:
    """A square in pixels by its centre."""

    x: float
    y: float
    side: float

    def is_inside(self, width: int, height: int) -> bool:
        """Whether its centre lies in the picture."""
        return 0 <= self.x < width and 0 <= self.y < height


class Follower:
    """One stream's boxes, frame by frame: the detector's, else the pose's, else the one before, else none."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._last: Box | None = None
        self._last_s = 0.0
        self._side: float | None = None

    def box(
        self, points_JC: np.ndarray, time_s: float, *, width: int, height: int
    ) -> tuple[Box | None, Origin]:
        """The box of a frame, and where it comes from; ``points_JC`` are in pixels."""
        found = around(points_JC[PARTS[self._stream]])
        if found is not None:
            self._side = found.side
            return self._keep(found, time_s), Origin.DETECTOR
        guess = from_pose(self._stream, points_JC[PARTS["pose"]], self._side)
        if guess is not None and guess.is_inside(width, height):
            return self._keep(guess, time_s), Origin.POSE
        if self._last is not None and time_s - self._last_s <= HOLDS_S:
            return self._last, Origin.PREVIOUS
        return None, Origin.NONE

    def _keep(self, box: Box, time_s: float) -> Box:
        self._last, self._last_s = box, time_s
        return box


def around(points_NC: np.ndarray) -> Box | None:
    """The square around landmarks, with the margin; None where they were not found."""
    if not points_NC[0, 3] > 0:
        return None
    low, high = points_NC[:, :2].min(axis=0), points_NC[:, :2].max(axis=0)
    x, y = (low + high) / 2
    return Box(float(x), float(y), max(1.0, float((high - low).max()) * MARGIN))


def from_pose(stream: str, pose_PC: np.ndarray, side: float | None) -> Box | None:
    """The box that the body's landmarks suggest, of the size that the detector last saw, where it saw any."""
    if stream == "face":
        if not _seen(pose_PC, (*_HEAD, *_EARS)):
            return None
        middle = pose_PC[list(_HEAD), :2].mean(axis=0)
        wide = FACE_OVER_EARS * _distance(pose_PC, _EARS)
        tall = 2.6 * float(np.linalg.norm(pose_PC[[2, 5], :2].mean(0) - pose_PC[list(_MOUTH), :2].mean(0)))
        return Box(float(middle[0]), float(middle[1]), side or max(1.0, MARGIN * max(wide, tall)))
    if not _seen(pose_PC, (*_ARMS[stream], *_SHOULDERS)):
        return None
    middle = pose_PC[list(_ARMS[stream][1:]), :2].mean(axis=0)
    size = MARGIN * HAND_OVER_SHOULDERS * _distance(pose_PC, _SHOULDERS)
    return Box(float(middle[0]), float(middle[1]), side or max(1.0, size))


def _seen(pose_PC: np.ndarray, points: tuple[int, ...]) -> bool:
    return bool((pose_PC[list(points), 3] >= SEEN).all())


def _distance(pose_PC: np.ndarray, pair: tuple[int, int]) -> float:
    return float(np.linalg.norm(pose_PC[pair[0], :2] - pose_PC[pair[1], :2]))
