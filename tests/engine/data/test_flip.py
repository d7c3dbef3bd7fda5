"""What a mirror shows: hands, masks and landmarks change sides, and twice is once too often."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.clips.errors import DataError
from slt_engine.clips.layouts import LAYOUTS
from slt_engine.clips.pose import MIRROR
from slt_engine.data.dataset import Clip, ClipDataset, View
from slt_engine.data.flip import flip_points
from slt_engine.data.point_files import ClipFile, KeypointReading

FLIPPED = View(flipped=True)


def random_points(seed: int, points: int, frames: int = 4) -> np.ndarray:
    """Float32 points of which a third is missing."""
    rng = np.random.default_rng(seed)
    points_TJC = rng.uniform(0.1, 0.9, (frames, points, 3)).astype(np.float32)
    points_TJC[rng.uniform(size=(frames, points)) < 0.3] = 0
    return points_TJC


@pytest.mark.parametrize("name", sorted(LAYOUTS))
@given(seed=st.integers(0, 99))
def test_a_mirror_in_a_mirror_shows_the_points_as_they_are(name: str, seed: int) -> None:
    layout = LAYOUTS[name].without_unused()
    assert layout.mirror is not None
    points_TJC = random_points(seed, layout.points)
    twice_TJC = flip_points(flip_points(points_TJC, layout.mirror), layout.mirror)
    assert np.allclose(twice_TJC, points_TJC, atol=1e-6)
    assert ((twice_TJC[..., 2] == 0) == (points_TJC[..., 2] == 0)).all()


def test_a_point_lands_on_the_other_side_of_the_picture_at_its_partner_s_place() -> None:
    points_TJC = np.zeros((1, 3, 3), np.float32)
    points_TJC[0, 0] = 0.2, 0.7, 0.9
    points_TJC[0, 2] = 0.5, 0.4, 1.0
    flipped_TJC = flip_points(points_TJC, [(0, 1)])
    expected = [[0, 0, 0], [0.8, 0.7, 0.9], [0.5, 0.4, 1.0]]
    assert np.allclose(flipped_TJC[0], expected)


def test_the_pose_pairs_all_landmarks_but_the_nose() -> None:
    paired = sorted(landmark for pair in MIRROR for landmark in pair)
    assert paired == list(range(1, 33))
    assert {(11, 12), (13, 14), (15, 16), (2, 5), (7, 8), (31, 32)} <= set(MIRROR)


def one_clip(folder: Path, layout_name: str = "hands_body_48") -> ClipDataset:
    layout = LAYOUTS[layout_name]
    keypoints_FJC, pose_FPC = random_points(0, layout.points, 9), random_points(1, 33, 9)
    np.savez(folder / "k.npz", keypoints=keypoints_FJC, space="normalized")
    np.savez(folder / "p.npz", pose=pose_FPC.reshape(9, 99))
    clip = Clip(
        "a",
        "hola",
        (1,),
        keypoints=ClipFile(folder / "k.npz", 9),
        pose=ClipFile(folder / "p.npz", 9),
    )
    return ClipDataset(
        [clip],
        keypoints=KeypointReading(layout, layout.used),
        pose=True,
        frame_stride=1,
        sequence_length=16,
    )


def test_a_hand_that_is_missing_on_the_left_is_missing_on_the_right_in_the_mirror(tmp_path: Path) -> None:
    dataset = one_clip(tmp_path)
    path = dataset.clips[0].keypoints.path  # type: ignore[union-attr]
    values = np.load(path)["keypoints"]
    values[:, :21] = 0
    values[:, 21:42, 2] = 1
    np.savez(path, keypoints=values, space="normalized")
    plain, flipped = dataset[0].keypoints_TJC, dataset.view(0, FLIPPED).keypoints_TJC
    assert plain is not None
    assert flipped is not None
    assert not (plain[:, :21, 2] > 0).any()
    assert (plain[:, 21:42, 2] > 0).all()
    assert (flipped[:, :21, 2] > 0).all()
    assert not flipped[:, 21:42].any()


def test_a_flipped_view_mirrors_keypoints_and_pose_and_leaves_the_clip_as_it_is(tmp_path: Path) -> None:
    dataset = one_clip(tmp_path)
    plain, flipped, again = dataset[0], dataset.view(0, FLIPPED), dataset[0]
    assert plain.keypoints_TJC is not None
    assert plain.pose_TPC is not None
    assert np.array_equal(flipped.keypoints_TJC, flip_points(plain.keypoints_TJC, dataset.mirror))  # type: ignore[arg-type]
    assert np.array_equal(flipped.pose_TPC, flip_points(plain.pose_TPC, MIRROR))  # type: ignore[arg-type]
    assert again is plain
    assert flipped.frames == plain.frames


def test_a_layout_that_does_not_say_left_and_right_cannot_be_flipped(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("points: 48\nstreams: {all: [0-47]}\n")
    from slt_engine.clips.layouts import read_layout

    dataset = one_clip(tmp_path)
    layout = read_layout(tmp_path / "mine.yaml")
    dataset = ClipDataset(
        dataset.clips,
        keypoints=KeypointReading(layout, layout.used),
        pose=False,
        frame_stride=1,
        sequence_length=16,
    )
    with pytest.raises(
        DataError, match=r'layout "mine" does not say which points are left and right.*key mirror'
    ):
        dataset.check_mirror()


def test_a_stretched_view_takes_the_same_moments_of_keypoints_and_pose(tmp_path: Path) -> None:
    dataset = one_clip(tmp_path)
    plain, stretched = dataset[0], dataset.view(0, View(stretch=1.5))
    moments = np.rint(np.linspace(0, 8, 14)).astype(int)
    assert stretched.frames == dataset.viewed_length(0, View(stretch=1.5)) == 14
    assert np.array_equal(stretched.keypoints_TJC, plain.keypoints_TJC[moments])  # type: ignore[arg-type, index]
    assert np.array_equal(stretched.pose_TPC, plain.pose_TPC[moments])  # type: ignore[arg-type, index]
