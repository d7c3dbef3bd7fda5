"""Crops as pictures: what is cut, what keeps its colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slt_engine.extract.boxes import Box
from slt_engine.extract.landmarks import PARTS, POINTS
from slt_engine.extract.pictures import EYES, LIPS, cut, encode, grey_but_eyes_and_mouth

cv2 = pytest.importorskip("cv2", reason="the extra `extract` is not installed")
SIDE = 224
RED = (40, 40, 200)


def test_a_box_inside_is_cut_and_resized() -> None:
    frame_HWC = np.zeros((300, 400, 3), np.uint8)
    frame_HWC[100:200, 150:250] = RED
    assert (cut(frame_HWC, Box(200, 150, 100)) == RED).all()


@pytest.mark.parametrize(
    ("box", "black"),
    [
        (Box(0, 50, 100), np.s_[:, :100]),
        (Box(100, 50, 100), np.s_[:, 124:]),
        (Box(50, 0, 100), np.s_[:100]),
        (Box(50, 100, 100), np.s_[124:]),
        (Box(500, 500, 100), np.s_[:]),
    ],
)
def test_what_lies_outside_of_the_picture_is_black(box: Box, black: tuple[slice, ...]) -> None:
    crop_HWC = cut(np.full((100, 100, 3), 255, np.uint8), box)
    assert crop_HWC.shape == (SIDE, SIDE, 3)
    assert not crop_HWC[black].any()


def test_a_crop_larger_than_the_picture_keeps_its_proportions() -> None:
    crop_HWC = cut(np.full((100, 100, 3), 255, np.uint8), Box(50, 50, 400))
    assert crop_HWC[86:138, 86:138].min() > 240
    assert not crop_HWC[:82].any()


def face() -> np.ndarray:
    """Landmarks in pixels: eyes around (80, 80) and (140, 80), lips around (110, 150)."""
    points_JC = np.zeros((POINTS, 4), np.float32)
    mesh_JC = points_JC[PARTS["face"]]
    mesh_JC[:, 3] = 1
    for points, (x, y) in ((EYES[0], (80, 80)), (EYES[1], (140, 80)), (LIPS, (110, 150))):
        turn = np.linspace(0, 2 * np.pi, len(points), endpoint=False)
        mesh_JC[list(points), :2] = np.stack([x + 12 * np.cos(turn), y + 8 * np.sin(turn)], axis=1)
    return points_JC


def striped() -> np.ndarray:
    crop_HWC = np.full((SIDE, SIDE, 3), RED, np.uint8)
    crop_HWC[:, ::8] = (200, 40, 40)
    return crop_HWC


def is_grey(pixels_C: np.ndarray) -> bool:
    return len(set(pixels_C.tolist())) == 1


def test_a_face_keeps_the_colours_of_eyes_and_mouth_only() -> None:
    crop_HWC = striped()
    out_HWC = grey_but_eyes_and_mouth(crop_HWC, face(), Box(112, 112, SIDE), blur=False)
    for x, y in ((82, 80), (142, 80), (110, 150)):
        assert (out_HWC[y, x] == crop_HWC[y, x]).all()
    assert all(is_grey(out_HWC[y, x]) for x, y in ((110, 110), (20, 20), (200, 80)))


def test_blur_takes_the_details_of_the_rest() -> None:
    sharp, blurred = (
        grey_but_eyes_and_mouth(striped(), face(), Box(112, 112, SIDE), blur=b) for b in (False, True)
    )
    assert blurred[190:, :, 0].std() < 0.2 * sharp[190:, :, 0].std()
    assert (blurred[80, 82] == sharp[80, 82]).all()


def test_without_a_mesh_the_poses_points_show_where_eyes_and_mouth_are() -> None:
    points_JC = np.zeros((POINTS, 4), np.float32)
    pose = {1: (130, 80), 3: (150, 80), 4: (90, 80), 6: (70, 80), 9: (125, 150), 10: (95, 150)}
    points_JC[PARTS["pose"], 3] = 1
    for point, xy in pose.items():
        points_JC[point, :2] = xy
    out_HWC = grey_but_eyes_and_mouth(striped(), points_JC, Box(112, 112, SIDE), blur=False)
    assert [is_grey(out_HWC[y, x]) for x, y in ((140, 80), (80, 80), (110, 150), (110, 110))] == [
        False,
        False,
        False,
        True,
    ]


def test_a_black_crop_is_read_as_one_that_was_not_found(tmp_path: Path) -> None:
    from slt_engine.clips.crops import decode_crop, is_black

    into_HWC = np.ones((112, 112, 3), np.uint8)
    decode_crop(encode(np.zeros((SIDE, SIDE, 3), np.uint8)), into_HWC, whereabouts=str(tmp_path))
    assert is_black(into_HWC)
