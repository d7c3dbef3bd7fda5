"""The pose stream's files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slt_engine.clips.errors import DataError
from slt_engine.clips.pose import pose_length, read_pose


@pytest.fixture(name="pose_FPC")
def _pose() -> np.ndarray:
    pose = np.random.default_rng(0).uniform(0.1, 0.9, (6, 33, 3)).astype(np.float32)
    pose[4, 15] = (-1, -1, 0)
    return pose


@pytest.mark.parametrize("shape", [(6, 99), (6, 33, 3)])
def test_landmarks_come_back_and_a_missing_one_is_zeros(
    tmp_path: Path, pose_FPC: np.ndarray, shape: tuple[int, ...]
) -> None:
    np.savez(tmp_path / "a.npz", pose=pose_FPC.reshape(shape), pose_norm="signing_space_v1", fps=25)
    read_FPC = read_pose(tmp_path / "a.npz")
    assert read_FPC.dtype == np.float32
    assert (read_FPC[4, 15] == 0).all()
    pose_FPC[4, 15] = 0
    np.testing.assert_array_equal(read_FPC, pose_FPC)
    assert pose_length(tmp_path / "a.npz") == 6


def test_signing_space_may_leave_the_picture(tmp_path: Path, pose_FPC: np.ndarray) -> None:
    pose_FPC[0, 0, :2] = (-0.4, 1.7)
    np.savez(tmp_path / "a.npz", pose=pose_FPC.reshape(6, 99))
    np.testing.assert_array_equal(read_pose(tmp_path / "a.npz")[0, 0], pose_FPC[0, 0])


@pytest.mark.parametrize("shape", [(6, 51), (6, 17, 3), (6, 33, 4), (0, 99), (99,)])
def test_another_shape_says_what_is_expected(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.savez(tmp_path / "a.npz", pose=np.zeros(shape, np.float32))
    for read in (read_pose, pose_length):
        with pytest.raises(DataError, match=r"a\.npz: shape .* is not \(frames, 99\), 33 landmarks"):
            read(tmp_path / "a.npz")
