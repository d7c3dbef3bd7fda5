"""Crops as pictures: cut square out of a frame, the face grey but for eyes and mouth, encoded as JPEG."""

# H x W pixels, S the crop's side, C channels (blue, green, red); J the 543 landmarks, N points

from __future__ import annotations

import numpy as np

from slt_engine.clips.errors import DataError
from slt_engine.extract.boxes import Box
from slt_engine.extract.landmarks import PARTS
from slt_engine.extract.settings import SIDE

QUALITY = 95
BLUR = 0.06  # standard deviation over the crop's side

# Around the eyes and the lips of MediaPipe's mesh; each is drawn as its hull, so the order does not matter.
EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
EYE_GROWTH, LIP_GROWTH = 1.5, 1.2  # lids and the skin that moves with the lips belong to it

_POSE_EYES, _POSE_MOUTH = ((1, 2, 3), (4, 5, 6)), (9, 10)  # inner corner, middle, outer corner
_ROUND = np.linspace(0, 2 * np.pi, 24, endpoint=False)


def cut(frame_HWC: np.ndarray, box: Box) -> np.ndarray:
    """uint8 (S, S, C): what lies in ``box``, black where that is outside of the picture."""
    import cv2

    height, width = frame_HWC.shape[:2]
    side = max(2, round(box.side))
    left, top = round(box.x - side / 2), round(box.y - side / 2)
    inside_HWC = frame_HWC[max(0, top) : max(0, top + side), max(0, left) : max(0, left + side)]
    if inside_HWC.shape[:2] != (side, side):
        below, right = max(0, top + side - height), max(0, left + side - width)
        inside_HWC = cv2.copyMakeBorder(
            inside_HWC, min(side, max(0, -top)), min(side, below), min(side, max(0, -left)), min(side, right),
            cv2.BORDER_CONSTANT,
        )  # fmt: skip
    how = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
    return cv2.resize(inside_HWC, (SIDE, SIDE), interpolation=how)


def grey_but_eyes_and_mouth(
    crop_SSC: np.ndarray, points_JC: np.ndarray, box: Box, *, blur: bool
) -> np.ndarray:
    """The crop without its colours, or details if ``blur``, but for eyes and mouth; ``points_JC`` in pixels."""
    import cv2

    grey_SS = cv2.cvtColor(crop_SSC, cv2.COLOR_BGR2GRAY)
    if blur:
        grey_SS = cv2.GaussianBlur(grey_SS, (0, 0), BLUR * SIDE)
    out_SSC = cv2.cvtColor(grey_SS, cv2.COLOR_GRAY2BGR)
    mask_SS = np.zeros((SIDE, SIDE), np.uint8)
    for points_N2 in eyes_and_mouth(points_JC):
        at_N2 = (points_N2 - (box.x, box.y)) * (SIDE / box.side) + SIDE / 2
        cv2.fillConvexPoly(mask_SS, cv2.convexHull(np.clip(at_N2, -SIDE, 2 * SIDE).astype(np.int32)), 1)
    np.copyto(out_SSC, crop_SSC, where=mask_SS[..., None].astype(bool))
    return out_SSC


def eyes_and_mouth(points_JC: np.ndarray) -> list[np.ndarray]:
    """Outlines (N, 2) in pixels: by the mesh, else by the pose's few points, else none."""
    face_JC, pose_PC = points_JC[PARTS["face"]], points_JC[PARTS["pose"]]
    if face_JC[0, 3] > 0:
        parts = [*((eye, EYE_GROWTH) for eye in EYES), (LIPS, LIP_GROWTH)]
        return [_grown(face_JC[list(part), :2], growth) for part, growth in parts]
    if not pose_PC[0, 3] > 0:
        return []
    eyes = [_oval(pose_PC[inner, :2], pose_PC[outer, :2], 0.9, 0.6) for inner, _, outer in _POSE_EYES]
    return [*eyes, _oval(pose_PC[_POSE_MOUTH[0], :2], pose_PC[_POSE_MOUTH[1], :2], 0.65, 0.4)]


def encode(crop_SSC: np.ndarray) -> bytes:
    """A JPEG."""
    import cv2

    good, data = cv2.imencode(".jpg", crop_SSC, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not good:
        raise DataError("a crop cannot be encoded")
    return data.tobytes()


def _grown(points_N2: np.ndarray, factor: float) -> np.ndarray:
    middle = points_N2.mean(axis=0)
    return middle + (points_N2 - middle) * factor


def _oval(start: np.ndarray, end: np.ndarray, along: float, across: float) -> np.ndarray:
    """An oval about the middle of two points, in shares of their distance."""
    axis = end - start
    normal = np.array([-axis[1], axis[0]])
    turn_N = _ROUND[:, None]
    return (start + end) / 2 + along * np.cos(turn_N) * axis + across * np.sin(turn_N) * normal
