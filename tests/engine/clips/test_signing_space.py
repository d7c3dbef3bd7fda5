"""The pose in signing space: worked out by hand, and independent of where the camera stands."""

from __future__ import annotations

import numpy as np
import pytest

from slt_engine.clips.signing_space import to_signing_space


def body() -> np.ndarray:
    """Shoulders at 0.3 and 0.7, half-way down; nose 0.2 above their middle; a wrist."""
    pose_TPC = np.zeros((1, 33, 3), dtype=np.float32)
    pose_TPC[0, 0] = (0.5, 0.3, 1.0)
    pose_TPC[0, 2], pose_TPC[0, 5] = (0.55, 0.3, 1.0), (0.45, 0.3, 1.0)
    pose_TPC[0, 11], pose_TPC[0, 12] = (0.7, 0.5, 1.0), (0.3, 0.5, 1.0)
    pose_TPC[0, 16] = (0.3, 0.7, 0.8)
    return pose_TPC


def place(pose_TPC: np.ndarray, landmark: int) -> list[float]:
    return [
        float(v) for v in to_signing_space(pose_TPC, width=500, height=500).reshape(-1, 33, 3)[0, landmark]
    ]


def test_the_unit_is_the_distance_from_the_nose_to_the_shoulders_middle() -> None:
    assert place(body(), 16) == pytest.approx([0.5 - 0.2 / 0.2 / 6, 0.5 + 0.2 / 0.2 / 7, 0.8], abs=1e-5)
    assert place(body(), 0) == pytest.approx([0.5, 0.5 - 1 / 7, 1.0], abs=1e-5)


def test_without_a_nose_it_is_the_distance_between_the_eyes() -> None:
    pose_TPC = body()
    pose_TPC[0, 0] = 0.0
    assert place(pose_TPC, 16)[:2] == pytest.approx([0.5 - 2 / 6, 0.5 + 2 / 7], abs=1e-5)


def test_without_nose_and_eyes_it_is_a_seventh_of_the_height() -> None:
    pose_TPC = body()
    pose_TPC[0, [0, 2, 5]] = 0.0
    assert place(pose_TPC, 16)[:2] == pytest.approx([0.5 - 1.4 / 6, 0.5 + 1.4 / 7], abs=1e-5)


def test_a_landmark_that_was_not_found_is_marked() -> None:
    assert place(body(), 15) == [-1.0, -1.0, 0.0]


def test_a_frame_without_a_shoulder_is_missing_whole() -> None:
    pose_TPC = body()
    pose_TPC[0, 11] = 0.0
    flat = to_signing_space(pose_TPC, width=500, height=500)
    assert flat.shape == (1, 99)
    np.testing.assert_array_equal(flat.reshape(33, 3), np.tile([-1.0, -1.0, 0.0], (33, 1)))


def test_moving_and_zooming_the_camera_changes_nothing() -> None:
    moved_TPC = body()
    moved_TPC[..., :2] = (moved_TPC[..., :2] * 0.7 + 0.1) * (moved_TPC[..., 2:] > 0)
    np.testing.assert_allclose(
        to_signing_space(moved_TPC, width=500, height=500),
        to_signing_space(body(), width=500, height=500),
        atol=1e-5,
    )


def test_a_wide_picture_is_measured_in_pixels() -> None:
    wide_TPC = body()
    wide_TPC[..., 0] /= 2
    np.testing.assert_allclose(
        to_signing_space(wide_TPC, width=1000, height=500),
        to_signing_space(body(), width=500, height=500),
        atol=1e-5,
    )
