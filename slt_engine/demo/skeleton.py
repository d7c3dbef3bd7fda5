"""The procedural signer's landmarks: postures become pose, hands and face as MediaPipe would find them."""

# T frames, D posture, P landmarks, X = x, y, C = x, y, confidence

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slt_engine.demo import signer

Array = NDArray[np.float32]

POSE, LEFT_HAND, RIGHT_HAND, FACE = slice(0, 33), slice(33, 54), slice(54, 75), slice(75, 101)
"""Where each part lies among the 101 landmarks; the face is `mska_79`'s 26 points, in its order."""
MSKA_79 = (*range(33, 101), 11, 12, 13, 14, 15, 16, 0, 2, 5, 7, 8)
"""Hands, face, shoulders, elbows, wrists, nose, eyes, ears."""
HEAD = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)

CONTOUR, BROW, NOSE, EYE, MOUTH = slice(0, 6), slice(6, 10), slice(10, 12), slice(12, 16), slice(16, 26)
"""Within the face: the jaw from the right temple to the left one, then pairs from right to left."""


@dataclass(frozen=True)
class Body:
    """A signer's build, as shares of the picture's side."""

    shoulders: float = 0.30
    head: float = 0.11
    hand: float = 0.085
    middle: tuple[float, float] = (0.5, 0.56)
    """Between the shoulders."""


def landmarks(postures_TD: Array, body: Body) -> Array:
    """``(T, 101, 3)``: x and y as a share of the picture's side, and how sure a detector would be."""
    frames = len(postures_TD)
    points_TPC = np.zeros((frames, 101, 3), dtype=np.float32)
    points_TPC[..., 2] = 1.0
    tilt_T = postures_TD[:, signer.TILT]
    face_TPX = _turned(_face(postures_TD) * body.head, tilt_T) + _head_centre(body)
    points_TPC[:, FACE, :2] = face_TPX
    points_TPC[:, list(HEAD), :2] = _pose_of_head(face_TPX, tilt_T, body)
    for side, hand, outward in (("left", LEFT_HAND, 1.0), ("right", RIGHT_HAND, -1.0)):
        wrist_TX, fingers, turn = _arm(postures_TD, side)
        points_TPC[:, hand, :2] = _hand(wrist_TX * body.shoulders + body.middle, fingers, turn, outward, body)
        _set_arm(points_TPC, hand, outward, body)
    points_TPC[:, 25:33] = 0.0  # legs are outside the picture
    points_TPC[:, 23:25, 2] = 0.6
    return points_TPC


def _arm(postures_TD: Array, side: str) -> tuple[Array, Array, Array]:
    if side == "left":
        return (
            postures_TD[:, signer.LEFT_WRIST],
            postures_TD[:, signer.LEFT_FINGERS],
            postures_TD[:, signer.LEFT_TURN],
        )
    return (
        postures_TD[:, signer.RIGHT_WRIST],
        postures_TD[:, signer.RIGHT_FINGERS],
        postures_TD[:, signer.RIGHT_TURN],
    )


def _set_arm(points_TPC: Array, hand: slice, outward: float, body: Body) -> None:
    """Shoulder, elbow, wrist, hand points and hip of one side of the pose, from its hand."""
    first = 11 if outward > 0 else 12
    shoulder = np.add(body.middle, (outward * body.shoulders / 2, 0.0))
    wrist_TX = points_TPC[:, hand.start, :2]
    points_TPC[:, first, :2] = shoulder
    points_TPC[:, first + 2, :2] = (shoulder + wrist_TX) / 2 + np.array(
        [outward * 0.25, 0.3]
    ) * body.shoulders
    points_TPC[:, first + 4, :2] = wrist_TX
    for landmark, knuckle in ((6, 17), (8, 5), (10, 2)):
        points_TPC[:, first + landmark, :2] = points_TPC[:, hand.start + knuckle, :2]
    points_TPC[:, first + 12, :2] = np.add(body.middle, (outward * body.shoulders * 0.35, 0.42))


def _hand(wrist_TX: Array, fingers_TF: Array, turn_T: Array, outward: float, body: Body) -> Array:
    """21 points, palm to the camera, thumb towards the body's middle.

    A folding finger bends towards the camera, so it grows short and its tip comes back over the palm.
    """
    hand_TPX = np.zeros((len(wrist_TX), 21, 2), dtype=np.float32)
    spread = np.deg2rad((-50, -18, -3, 12, 28))
    lengths = (
        (0.30, 0.28, 0.26, 0.22),
        (0.95, 0.38, 0.26, 0.20),
        (1.0, 0.42, 0.28, 0.22),
        (0.94, 0.38, 0.26, 0.2),
        (0.85, 0.3, 0.2, 0.18),
    )
    for finger in range(5):
        along = np.array([np.sin(spread[finger]), -np.cos(spread[finger])])
        bend_T = (1 - fingers_TF[:, finger]) * (0.7 if finger == 0 else 1.3)
        reach_T = np.zeros(len(wrist_TX))
        for joint, length in enumerate(lengths[finger]):
            reach_T = reach_T + length * np.cos(bend_T * joint)
            hand_TPX[:, 1 + 4 * finger + joint] = reach_T[:, None] * along
    hand_TPX[..., 0] *= outward
    return _turned(hand_TPX * body.hand, turn_T * outward) + wrist_TX[:, None]


def _face(postures_TD: Array) -> Array:
    """26 points around the head's centre, in units of half the head's height."""
    opened_T, wide_T, brows_T = (
        postures_TD[:, c] for c in (signer.MOUTH_OPEN, signer.MOUTH_WIDE, signer.BROWS)
    )
    face_TPX = np.zeros((len(postures_TD), 26, 2), dtype=np.float32)
    face_TPX[:, CONTOUR] = (
        (-0.75, -0.25),
        (-0.68, 0.45),
        (-0.3, 0.95),
        (0.3, 0.95),
        (0.68, 0.45),
        (0.75, -0.25),
    )
    face_TPX[:, BROW] = ((-0.55, -0.32), (-0.18, -0.32), (0.18, -0.32), (0.55, -0.32))
    face_TPX[:, BROW, 1] -= 0.25 * brows_T[:, None]
    face_TPX[:, NOSE] = ((0.0, 0.12), (0.0, 0.22))
    face_TPX[:, EYE] = ((-0.5, -0.12), (-0.2, -0.12), (0.2, -0.12), (0.5, -0.12))
    round_P = np.deg2rad((180, 220, 255, 270, 285, 320, 0, 60, 90, 120))
    face_TPX[:, MOUTH, 0] = np.cos(round_P) * (0.14 + 0.32 * wide_T[:, None])
    face_TPX[:, MOUTH, 1] = 0.53 + np.sin(round_P) * (0.04 + 0.3 * opened_T[:, None])
    return face_TPX


def _pose_of_head(face_TPX: Array, tilt_T: Array, body: Body) -> Array:
    """Nose, eyes (inner, middle, outer), ears and mouth corners; a pose numbers the left side first."""
    right_eye, left_eye = face_TPX[:, 12:14], face_TPX[:, [15, 14]]
    ears = np.array([[0.85, -0.05], [-0.85, -0.05]], dtype=np.float32)[None] * body.head
    ears_TPX = _turned(np.repeat(ears, len(face_TPX), axis=0), tilt_T) + _head_centre(body)
    eyes = [eye for side in (left_eye, right_eye) for eye in (side[:, 1], side.mean(axis=1), side[:, 0])]
    return np.stack(
        [face_TPX[:, 10], *eyes, ears_TPX[:, 0], ears_TPX[:, 1], face_TPX[:, 22], face_TPX[:, 16]], axis=1
    )


def _head_centre(body: Body) -> Array:
    return np.array([body.middle[0], body.middle[1] - 2.1 * body.head], dtype=np.float32)


def _turned(points_TPX: Array, angle_T: Array) -> Array:
    """Each frame's points turned about the origin."""
    cos, sin = np.cos(angle_T), np.sin(angle_T)
    matrix_TXX = np.stack([np.stack([cos, sin], axis=-1), np.stack([-sin, cos], axis=-1)], axis=-2)
    turned_TPX: Array = points_TPX @ matrix_TXX
    return turned_TPX
