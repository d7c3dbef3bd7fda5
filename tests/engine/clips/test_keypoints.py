"""Keypoint files become (frames, points, 3) in image units, with what is missing marked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import (
    Space,
    aspect_of,
    infer_space,
    keypoint_length,
    layout_of_file,
    read_keypoints,
    read_raw,
)
from slt_engine.clips.layouts import LAYOUTS

LAYOUT = LAYOUTS["hands_body_48"]


@pytest.fixture(name="points_FJC")
def _points() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.uniform(0.1, 0.9, (7, 48, 3)).astype(np.float32)


def save(path: Path, values: np.ndarray, **keys: object) -> Path:
    if path.suffix == ".npy":
        np.save(path, values)
    else:
        np.savez_compressed(path, keypoints=values, **keys)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "f8", "f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_values_come_back_as_they_were(
    tmp_path: Path, points_FJC: np.ndarray, name: str, dtype: str, order: str
) -> None:
    path = save(tmp_path / name, np.array(points_FJC, dtype, order=order))  # type: ignore[call-overload]
    read_FJC = read_keypoints(path, LAYOUT)
    assert read_FJC.dtype == np.float32
    np.testing.assert_allclose(read_FJC, points_FJC, atol=1e-3)


def test_flat_rows_mean_the_same_as_points(tmp_path: Path, points_FJC: np.ndarray) -> None:
    flat = save(tmp_path / "a.npy", points_FJC.reshape(7, -1))
    np.testing.assert_array_equal(read_keypoints(flat, LAYOUT), points_FJC)
    assert layout_of_file(flat) is LAYOUT


def test_points_without_confidence_get_one(tmp_path: Path, points_FJC: np.ndarray) -> None:
    for values in (points_FJC[..., :2], points_FJC[..., :2].reshape(7, -1)):
        read_FJC = read_keypoints(save(tmp_path / "a.npy", values), LAYOUT)
        np.testing.assert_array_equal(read_FJC[..., :2], points_FJC[..., :2])
        assert (read_FJC[..., 2] == 1).all()


def test_of_four_channels_the_third_is_depth_and_left_out(tmp_path: Path, points_FJC: np.ndarray) -> None:
    values = np.insert(points_FJC, 2, -5.0, axis=2)
    np.testing.assert_array_equal(read_keypoints(save(tmp_path / "a.npy", values), LAYOUT), points_FJC)


@pytest.mark.parametrize(
    "missing",
    [
        (np.nan, np.nan, np.nan),
        (0.5, np.nan, 1.0),
        (0.5, 0.5, np.nan),
        (np.inf, 0.5, 1.0),
        (0.0, 0.0, 0.0),
        (0.4, 0.4, 0.0),
        (-1.0, -1.0, 0.0),
        (-1.0, -1.0, -1.0),
        (1e300, 0.5, 1.0),
    ],
)
def test_a_missing_point_is_all_zeros_and_no_other(
    tmp_path: Path, points_FJC: np.ndarray, missing: tuple[float, float, float]
) -> None:
    values = points_FJC.astype(np.float64)
    values[3, 5] = missing
    read_FJC = read_keypoints(save(tmp_path / "a.npz", values), LAYOUT)
    assert (read_FJC[3, 5] == 0).all()
    assert np.count_nonzero(read_FJC[..., 2]) == 7 * 48 - 1


@pytest.mark.parametrize("missing", [(0.0, 0.0), (-1.0, -1.0), (np.nan, 0.2)])
def test_a_point_can_be_missing_without_confidences_too(
    tmp_path: Path, points_FJC: np.ndarray, missing: tuple[float, float]
) -> None:
    values = points_FJC[..., :2].copy()
    values[3, 5] = missing
    read_FJC = read_keypoints(save(tmp_path / "a.npz", values), LAYOUT)
    assert (read_FJC[3, 5] == 0).all()
    assert read_FJC[..., 2].sum() == 7 * 48 - 1


def test_a_score_above_one_or_just_below_zero_is_brought_into_range(
    tmp_path: Path, points_FJC: np.ndarray
) -> None:
    points_FJC[0, 0, 2], points_FJC[0, 1, 2] = 1.2, -0.01
    read_FJC = read_keypoints(save(tmp_path / "a.npz", points_FJC), LAYOUT)
    assert read_FJC[0, 0, 2] == 1
    assert (read_FJC[0, 1] == 0).all()


def test_depth_in_the_place_of_confidence_is_refused(tmp_path: Path, points_FJC: np.ndarray) -> None:
    points_FJC[..., 2] -= 0.5
    with pytest.raises(DataError, match="third channel is negative, so it is no confidence"):
        read_keypoints(save(tmp_path / "a.npz", points_FJC), LAYOUT)


def test_pixels_are_divided_by_the_size_that_the_file_tells(tmp_path: Path, points_FJC: np.ndarray) -> None:
    pixels = points_FJC * np.array([640, 480, 1], np.float32)
    path = save(tmp_path / "a.npz", pixels, space="pixels", width=640, height=480)
    np.testing.assert_allclose(read_keypoints(path, LAYOUT), points_FJC, rtol=1e-6)


def test_a_file_that_says_unit_keeps_its_values_whatever_the_data_set(
    tmp_path: Path, points_FJC: np.ndarray
) -> None:
    path = save(tmp_path / "a.npz", points_FJC, space="normalized", width=640, height=480)
    np.testing.assert_array_equal(read_keypoints(path, LAYOUT, space=Space(640, 480)), points_FJC)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"space": "pixels"}, "counts in pixels but not of what; add the keys width and height"),
        ({"space": "metres"}, 'space "metres" is unknown; write "pixels" or "normalized"'),
        ({"space": "pixels", "width": 0, "height": 480}, "width 0 and height 480 are no picture's"),
    ],
)
def test_a_wrong_space_says_what_to_do(
    tmp_path: Path, points_FJC: np.ndarray, keys: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_keypoints(save(tmp_path / "a.npz", points_FJC, **keys), LAYOUT)
    assert message in str(caught.value)


def test_pixels_read_as_image_units_are_refused(tmp_path: Path, points_FJC: np.ndarray) -> None:
    with pytest.raises(DataError, match="give the file the keys space='pixels', width and height"):
        read_keypoints(save(tmp_path / "a.npy", points_FJC * 640), LAYOUT)


def test_a_data_set_in_pixels_is_recognised_once(tmp_path: Path, points_FJC: np.ndarray) -> None:
    points_FJC[2, 3] = (1.0, 0.8, 1.0)
    paths = [save(tmp_path / f"{n}.npy", points_FJC * np.array([640, 640, 1], np.float32)) for n in range(40)]
    space = infer_space(paths, LAYOUT)
    assert space == Space(640, 640)
    np.testing.assert_allclose(read_keypoints(paths[0], LAYOUT, space=space), points_FJC, rtol=1e-6)


def test_a_data_set_in_image_units_with_points_outside_stays_as_it_is(
    tmp_path: Path, points_FJC: np.ndarray
) -> None:
    points_FJC[0, 0, :2] = 3.5
    assert infer_space([save(tmp_path / "a.npy", points_FJC)], LAYOUT) == Space()


def test_a_data_set_whose_files_tell_their_space_needs_no_inference(
    tmp_path: Path, points_FJC: np.ndarray
) -> None:
    path = save(tmp_path / "a.npz", points_FJC, space="normalized")
    assert infer_space([path], LAYOUT) is None


def test_pixels_take_the_size_of_files_that_give_it_without_a_space(
    tmp_path: Path, points_FJC: np.ndarray
) -> None:
    path = save(tmp_path / "a.npz", points_FJC * 640, width=640, height=480)
    assert infer_space([path], LAYOUT) == Space(640, 480)


def test_an_array_under_another_name_is_found_when_it_is_the_only_one(
    tmp_path: Path, points_FJC: np.ndarray
) -> None:
    np.savez(tmp_path / "a.npz", points_FJC, fps=25)
    np.testing.assert_array_equal(read_keypoints(tmp_path / "a.npz", LAYOUT), points_FJC)


def test_two_arrays_are_one_too_many(tmp_path: Path, points_FJC: np.ndarray) -> None:
    np.savez(tmp_path / "a.npz", left=points_FJC, right=points_FJC)
    with pytest.raises(DataError, match=r"\['left', 'right'\]; call the one to read \"keypoints\""):
        read_keypoints(tmp_path / "a.npz", LAYOUT)


def test_msl_rows_keep_the_visibility_and_tell_found_hands(tmp_path: Path) -> None:
    values = np.full((4, 226), 0.5, np.float32)
    values[:, 3:100:4] = 0.9
    values[:, 2:100:4] = -0.7
    values[1, 100:163] = 0
    path = save(tmp_path / "a.npy", values)
    layout = layout_of_file(path)
    read_FJC = read_keypoints(path, layout)
    assert layout.name == "msl_226"
    assert (read_FJC[:, layout.streams["body"], 2] == np.float32(0.9)).all()
    assert read_FJC[:, layout.streams["hand_l"], 2].sum(axis=1).tolist() == [21, 0, 21, 21]
    assert (read_FJC[:, layout.streams["hand_r"], 2] == 1).all()


@pytest.mark.parametrize("shape", [(7, 543, 3), (7, 133, 2), (7, 79 * 3), (7, 586, 4), (7, 137 * 2)])
def test_auto_tells_the_layout_from_the_number_of_points(tmp_path: Path, shape: tuple[int, ...]) -> None:
    points = shape[1] if len(shape) == 3 else {237: 79, 274: 137}[shape[1]]
    path = save(tmp_path / "a.npy", np.full(shape, 0.5, np.float32))
    assert layout_of_file(path).points == points
    assert read_keypoints(path, layout_of_file(path)).shape == (7, points, 3)


@pytest.mark.parametrize("shape", [(7, 50, 3), (7, 100), (7,), (0, 48, 3), (7, 48, 5), (2, 7, 48, 3)])
def test_a_shape_that_fits_nothing_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = save(tmp_path / "a.npy", np.full(shape, 0.5, np.float32))
    with pytest.raises(DataError, match=r"a\.npy: .*shape"):
        read_keypoints(path, layout_of_file(path))


def test_another_layout_than_the_file_s_is_refused(tmp_path: Path, points_FJC: np.ndarray) -> None:
    with pytest.raises(DataError, match="does not fit mska_79, which has 79 points"):
        read_keypoints(save(tmp_path / "a.npz", points_FJC), LAYOUTS["mska_79"])


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_the_length_is_known_without_the_values(tmp_path: Path, points_FJC: np.ndarray, name: str) -> None:
    assert keypoint_length(save(tmp_path / name, points_FJC)) == 7


@pytest.mark.parametrize(
    ("claims", "aspect"),
    [
        ({"space": "pixels", "width": 640, "height": 480}, 4 / 3),
        ({"space": "normalized", "width": 640, "height": 480}, 4 / 3),
        ({"width": 640, "height": 480}, 4 / 3),
        ({"space": "signing_space_v1"}, 6 / 7),
        ({"space": "normalized"}, 1.0),
        ({}, 1.0),
    ],
)
def test_the_shape_of_the_picture_is_what_the_file_says(
    tmp_path: Path, claims: dict[str, object], aspect: float
) -> None:
    np.savez(tmp_path / "k.npz", keypoints=np.ones((2, 48, 3), np.float32), **claims)  # type: ignore[arg-type]
    assert aspect_of(read_raw(tmp_path / "k.npz")) == pytest.approx(aspect)


def test_a_space_stands_in_for_a_file_that_names_no_picture(tmp_path: Path) -> None:
    np.savez(tmp_path / "k.npz", keypoints=np.ones((2, 48, 3), np.float32))
    assert aspect_of(read_raw(tmp_path / "k.npz"), Space(300, 200)) == 1.5
