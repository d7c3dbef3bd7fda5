"""Random changes of training clips: against written-out formulas, and the same for the same seed, epoch and clip."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.clips.layouts import LAYOUTS
from slt_engine.data.augment import Augmentation, Change, move_points
from slt_engine.data.dataset import Clip, ClipDataset
from slt_engine.data.point_files import ClipFile, KeypointReading

LAYOUT = LAYOUTS["hands_body_48"]
ANGLES = st.floats(-180, 180)
SCALES = st.floats(0.5, 2)
SHIFTS = st.floats(-0.3, 0.3)
ASPECTS = st.floats(0.5, 2)
CENTRES = st.sampled_from([0.0, 0.5])


def some_points(seed: int = 0) -> np.ndarray:
    """Six points in four frames, a third of them missing."""
    rng = np.random.default_rng(seed)
    points_TJC = rng.uniform(0.1, 0.9, (4, 6, 3)).astype(np.float32)
    points_TJC[rng.uniform(size=(4, 6)) < 0.3] = 0
    return points_TJC


def in_pixels(points_TJC: np.ndarray, aspect: float) -> np.ndarray:
    """The found points of a picture of 100 pixels' height, in one list."""
    return points_TJC[points_TJC[..., 2] > 0][:, :2] * np.array([100 * aspect, 100])


def write_set(folder: Path, clips: int = 6, **claims: object) -> ClipDataset:
    rng = np.random.default_rng(0)
    made = []
    for number in range(clips):
        frames, path = 8 + number, folder / f"{number}.npz"
        values = rng.uniform(0.1, 0.9, (frames, 48, 3))
        values[:2, :21] = 0
        np.savez(path, keypoints=values.astype(np.float32), **{"space": "normalized", **claims})  # type: ignore[arg-type]
        made.append(Clip(f"{number}", "hola", (1,), keypoints=ClipFile(path, frames)))
    return ClipDataset(
        made,
        keypoints=KeypointReading(LAYOUT, LAYOUT.used),
        pose=False,
        frame_stride=1,
        sequence_length=12,
    )


@given(ANGLES, SCALES, SHIFTS, SHIFTS, ASPECTS, CENTRES)
def test_points_are_scaled_turned_and_shifted_in_the_picture_s_own_geometry(
    angle: float, scale: float, shift_x: float, shift_y: float, aspect: float, centre: float
) -> None:
    points_TJC = some_points()
    change = Change(scale=scale, angle_deg=angle, shift_x=shift_x, shift_y=shift_y)
    moved_TJC = move_points(points_TJC, change, aspect=aspect, centre=centre)
    turn = np.array(
        [
            [math.cos(math.radians(angle)), -math.sin(math.radians(angle))],
            [math.sin(math.radians(angle)), math.cos(math.radians(angle))],
        ]
    )
    size = np.array([100 * aspect, 100])
    around = centre * size
    expected = (in_pixels(points_TJC, aspect) - around) * scale @ turn.T + around
    expected += np.array([shift_x, shift_y]) * size
    assert np.allclose(in_pixels(moved_TJC, aspect), expected, atol=1e-3)


@given(ANGLES, ASPECTS, CENTRES)
def test_a_turn_keeps_every_distance_in_pixels(angle: float, aspect: float, centre: float) -> None:
    points_TJC = some_points()
    moved_TJC = move_points(points_TJC, Change(angle_deg=angle), aspect=aspect, centre=centre)
    before, after = (in_pixels(points, aspect) for points in (points_TJC, moved_TJC))
    apart, apart_after = (np.linalg.norm(p[:, None] - p[None], axis=-1) for p in (before, after))
    assert np.allclose(apart, apart_after, atol=1e-3)


@given(SHIFTS, SHIFTS, ASPECTS)
def test_a_shift_moves_by_parts_of_the_picture(shift_x: float, shift_y: float, aspect: float) -> None:
    points_TJC = some_points()
    moved_TJC = move_points(points_TJC, Change(shift_x=shift_x, shift_y=shift_y), aspect=aspect, centre=0.5)
    found_TJ = points_TJC[..., 2] > 0
    assert np.allclose((moved_TJC - points_TJC)[found_TJ], [shift_x, shift_y, 0], atol=1e-6)


@given(ANGLES, SCALES, SHIFTS, ASPECTS, CENTRES)
def test_a_missing_point_stays_missing_and_confidences_stay(
    angle: float, scale: float, shift: float, aspect: float, centre: float
) -> None:
    points_TJC = some_points()
    change = Change(scale=scale, angle_deg=angle, shift_x=shift, shift_y=shift)
    moved_TJC = move_points(points_TJC, change, aspect=aspect, centre=centre)
    assert (moved_TJC[..., 2] == points_TJC[..., 2]).all()
    assert not moved_TJC[points_TJC[..., 2] == 0].any()
    assert moved_TJC.dtype == np.float32


def test_the_centre_stays_where_it_is_and_without_it_the_corner_does() -> None:
    middle, corner = np.array([[[0.5, 0.5, 1.0]]]), np.array([[[0.0, 0.0, 1.0]]])
    change = Change(scale=1.7, angle_deg=40)
    assert np.allclose(move_points(middle, change, aspect=1.5, centre=0.5), middle)
    assert np.allclose(move_points(corner, change, aspect=1.5, centre=0.0), corner)
    assert not np.allclose(move_points(middle, change, aspect=1.5, centre=0.0), middle)


def test_a_quarter_turn_is_clockwise_as_one_looks_at_the_picture() -> None:
    right_of_centre = np.array([[[0.75, 0.5, 1.0]]])
    turned = move_points(right_of_centre, Change(angle_deg=90), aspect=2.0, centre=0.5)
    assert np.allclose(
        turned[0, 0], [0.5, 1.0, 1.0]
    )  # a quarter of 200 pixels' width is half of 100 pixels' height


@given(st.integers(0, 10**9), st.integers(0, 500), st.text(max_size=9))
def test_a_change_depends_on_seed_epoch_and_clip_alone_and_lies_within_its_ranges(
    seed: int, epoch: int, clip_id: str
) -> None:
    asked = Augmentation(
        seed=seed,
        scale_range=(0.9, 1.1),
        shift_range=(-0.05, 0.05, 0, 0.2),
        angle_range_deg=(-15, 15),
        stretch_range=(0.85, 1.1),
        flip_probability=0.5,
    )
    change = asked.draw(clip_id, epoch=epoch)
    assert change == asked.draw(clip_id, epoch=epoch)
    assert 0.9 <= change.scale <= 1.1
    assert -15 <= change.angle_deg <= 15
    assert -0.05 <= change.shift_x <= 0.05
    assert 0 <= change.shift_y <= 0.2
    assert 0.85 <= change.view.stretch <= 1.1
    alone = Augmentation(seed=seed, angle_range_deg=(-15, 15)).draw(clip_id, epoch=epoch)
    assert alone == Change(angle_deg=change.angle_deg)
    assert Augmentation(seed=seed).draw(clip_id, epoch=epoch) == Change()


def test_seeds_epochs_and_clips_are_changed_differently() -> None:
    asked = [Augmentation(seed=seed, angle_range_deg=(-15, 15)) for seed in (1, 2)]
    angles = {
        one.draw(clip, epoch=epoch).angle_deg for one in asked for clip in ("a", "b") for epoch in (1, 2, 3)
    }
    assert len(angles) == 12


@pytest.mark.parametrize("probability", [0.0, 0.25, 1.0])
def test_that_part_of_the_clips_is_flipped(probability: float) -> None:
    asked = Augmentation(seed=3, flip_probability=probability)
    flipped = sum(asked.draw(f"{clip}", epoch=1).view.flipped for clip in range(2000))
    assert abs(flipped / 2000 - probability) < 0.03


def test_ranges_are_drawn_from_evenly() -> None:
    asked = Augmentation(seed=3, scale_range=(1.0, 3.0))
    scales = np.array([asked.draw(f"{clip}", epoch=1).scale for clip in range(4000)])
    assert abs(scales.mean() - 2) < 0.05
    assert abs(scales.var() - 4 / 12) < 0.02


def test_a_clip_is_read_as_the_formula_says_in_its_picture_s_shape(tmp_path: Path) -> None:
    dataset = write_set(tmp_path, width=320, height=160)
    asked = Augmentation(seed=1, angle_range_deg=(20, 20))
    plain, turned = dataset[3], asked.read(dataset, 3, epoch=1)
    assert plain.aspect == 2.0
    assert plain.keypoints_TJC is not None
    expected = move_points(plain.keypoints_TJC, Change(angle_deg=20), aspect=2.0, centre=0.5)
    assert np.array_equal(turned.keypoints_TJC, expected)  # type: ignore[arg-type]
    assert dataset[3] is plain


def test_lengths_are_known_before_a_clip_is_read(tmp_path: Path) -> None:
    dataset = write_set(tmp_path)
    asked = Augmentation(seed=1, stretch_range=(0.5, 1.5))
    for epoch in (1, 2):
        read = tuple(asked.read(dataset, clip, epoch=epoch).frames for clip in range(len(dataset)))
        assert asked.lengths(dataset, epoch=epoch) == read
        assert max(read) <= 12
    assert asked.lengths(dataset, epoch=1) != asked.lengths(dataset, epoch=2)
    assert Augmentation(seed=1).lengths(dataset, epoch=1) == dataset.lengths
