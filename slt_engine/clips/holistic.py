"""MediaPipe .pose files that keep some points only: each point goes back to its place in the full layout."""

# F frames, J points

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slt_engine.clips.pose_container import Component

_ARM = ("SHOULDER", "ELBOW", "WRIST", "PINKY", "INDEX", "THUMB")
_LEG = ("HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
_POSE_POINTS = (
    "NOSE",
    *(f"{side}_{eye}" for side in ("LEFT", "RIGHT") for eye in ("EYE_INNER", "EYE", "EYE_OUTER")),
    *("LEFT_EAR", "RIGHT_EAR", "MOUTH_LEFT", "MOUTH_RIGHT"),
    *(f"{side}_{joint}" for joint in (*_ARM, *_LEG) for side in ("LEFT", "RIGHT")),
)
_HANDS = ("LEFT_HAND_LANDMARKS", "RIGHT_HAND_LANDMARKS")
_MESH, _MESH_WITH_IRISES = 468, 478


def holistic_points(components: Sequence[Component]) -> int | None:
    """How many points the full layout of a thinned-out MediaPipe file has; None for any other file."""
    counts = {component.name: len(component.points) for component in components}
    if "POSE_LANDMARKS" not in counts or any(counts.get(hand, 21) != 21 for hand in _HANDS):
        return None
    if sum(counts.values()) in (543, 553, 576, 586):
        return None
    return 75 + _mesh_size(components)


def fill_holistic(points_FJC: np.ndarray, components: Sequence[Component]) -> np.ndarray:
    """(F, 543 or 553, C) with zeros where the file has no point; any other file's points as they are."""
    full = holistic_points(components)
    if full is None:
        return points_FJC
    filled_FJC = np.zeros((len(points_FJC), full, points_FJC.shape[2]), np.float32)
    names = [(c.name, position, point) for c in components for position, point in enumerate(c.points)]
    for index, (component, position, point) in enumerate(names):
        place = _place(component, position, point, full)
        if place is not None:
            filled_FJC[:, place] = points_FJC[:, index]
    return filled_FJC


def _place(component: str, position: int, point: str, full: int) -> int | None:
    if component == "POSE_LANDMARKS":
        return _POSE_POINTS.index(point) if point in _POSE_POINTS else None
    if component == "FACE_LANDMARKS":
        return 33 + int(point) if point.isdecimal() and int(point) < full - 75 else None
    if component in _HANDS:
        return full - 42 + 21 * _HANDS.index(component) + position
    return None


def _mesh_size(components: Sequence[Component]) -> int:
    names = [point for c in components if c.name == "FACE_LANDMARKS" for point in c.points]
    iris = any(point.isdecimal() and int(point) >= _MESH for point in names)
    return _MESH_WITH_IRISES if iris else _MESH
