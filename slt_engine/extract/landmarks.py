"""MediaPipe Holistic on one frame after the other: 543 landmarks and which of the four parts were found."""

# J the 543 landmarks of mediapipe_543, C = x, y, z, confidence

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

POINTS = 543
PARTS = {"pose": slice(0, 33), "face": slice(33, 501), "hand_l": slice(501, 522), "hand_r": slice(522, 543)}
_RESULTS = {
    "pose": "pose_landmarks",
    "face": "face_landmarks",
    "hand_l": "left_hand_landmarks",
    "hand_r": "right_hand_landmarks",
}


class Tracker:
    """Finds landmarks, helped by what it has seen of the clip before: each clip takes a tracker of its own."""

    def __init__(self, holistic: Any) -> None:
        self._holistic = holistic

    def landmarks(self, frame_HWC: np.ndarray) -> np.ndarray:
        """Float32 (J, C) of a picture in RGB: x and y as shares of its sides; confidence 0 where nothing was found.

        The pose's confidence is its visibility, a face's or hand's is 1.
        """
        frame_HWC.flags.writeable = False  # spares MediaPipe a copy
        results = self._holistic.process(frame_HWC)
        points_JC = np.zeros((POINTS, 4), np.float32)
        for part, name in _RESULTS.items():
            found = getattr(results, name)
            if found:
                values = [(p.x, p.y, p.z, p.visibility) for p in found.landmark]
                points_JC[PARTS[part]] = values
                if part != "pose":
                    points_JC[PARTS[part], 3] = 1
        return points_JC


@contextmanager
def tracker() -> Iterator[Tracker]:
    """A tracker that has seen nothing."""
    from mediapipe.python.solutions.holistic import Holistic

    with Holistic(model_complexity=1) as holistic:
        yield Tracker(holistic)
