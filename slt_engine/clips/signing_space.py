"""Pose in `signing_space_v1`: centred between the shoulders, in units of their distance to the nose."""

# T frames, P the 33 pose landmarks, C = x, y, visibility

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NAME = "signing_space_v1"
NOSE, LEFT_EYE, RIGHT_EYE, LEFT_SHOULDER, RIGHT_SHOULDER = 0, 2, 5, 11, 12
MISSING = (-1.0, -1.0, 0.0)


def to_signing_space(pose_TPC: NDArray[np.float32], *, width: float, height: float) -> NDArray[np.float32]:
    """``(T, 99)`` float32 from landmarks given as a share of the picture's width and height.

    The unit is the distance from the nose to the shoulders' middle, else between the eyes, else a seventh of
    the height; x / (6 units) + 0.5 and y / (7 units) + 0.5. A landmark that was not found, or any landmark
    of a frame without both shoulders, is -1, -1, 0.
    """
    xy_TPC = pose_TPC[..., :2] * np.array([width, height], dtype=np.float32)
    seen_TP = pose_TPC[..., 2] > 0
    centre_TC = (xy_TPC[:, LEFT_SHOULDER] + xy_TPC[:, RIGHT_SHOULDER]) / 2
    to_nose_T = np.linalg.norm(xy_TPC[:, NOSE] - centre_TC, axis=-1)
    eyes_T = np.linalg.norm(xy_TPC[:, LEFT_EYE] - xy_TPC[:, RIGHT_EYE], axis=-1)
    unit_T = np.where(seen_TP[:, LEFT_EYE] & seen_TP[:, RIGHT_EYE] & (eyes_T > 0), eyes_T, height / 7)
    unit_T = np.where(seen_TP[:, NOSE] & (to_nose_T > 0), to_nose_T, unit_T)
    placed_TPC = (xy_TPC - centre_TC[:, None]) / (unit_T[:, None, None] * np.array([6.0, 7.0])) + 0.5
    known_TP = seen_TP & (seen_TP[:, LEFT_SHOULDER] & seen_TP[:, RIGHT_SHOULDER])[:, None]
    out_TPC = np.where(known_TP[..., None], np.concatenate([placed_TPC, pose_TPC[..., 2:]], axis=-1), MISSING)
    return out_TPC.reshape(len(out_TPC), -1).astype(np.float32)
