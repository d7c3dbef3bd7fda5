"""A frame as characters: where dots fall, what covers what, what is missing; the rows below the figure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_tui.clip_reading import ClipFrames
from slt_tui.clip_reading.bones import BONES, KEY_POSE, Bones
from slt_tui.skeleton import ClipView, Easel, Stage
from slt_tui.skeleton.strips import column_of, frame_of, presence_row
from tests.support.clip_sets import figure

LINE = Bones({"body": ((0, 1),)})
WHOLE = Stage(0.0, 0.0, 1.0, 1.0)


def drawn(points: list[tuple[float, float]], bones: Bones = LINE, **easel: object) -> str:
    known = {"stage": WHOLE, "aspect": 1.0, "columns": 4, "rows": 2, **easel}
    points_J2 = np.array(points, np.float32)
    return Easel(bones=bones, **known).draw(points_J2, np.ones(len(points), bool)).text()  # type: ignore[arg-type]


def test_a_line_is_dots_from_end_to_end() -> None:
    assert drawn([(0, 0), (1, 0)]) == "⠉⠉⠉⠉\n"
    assert drawn([(0, 0), (1, 1)]) == "⠑⢄\n  ⠑⢄"


def test_in_ascii_a_cell_has_two_dots() -> None:
    assert drawn([(0, 0), (0, 1)], columns=4, rows=2, plain=True) == ":\n:"
    assert drawn([(0, 0), (1, 0)], columns=4, rows=2, plain=True) == "''''\n"


def test_a_picture_keeps_its_proportions_in_any_room() -> None:
    square = Bones({"body": ((0, 1), (1, 2), (2, 3), (3, 0))})
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for columns, rows in ((40, 5), (10, 40)):
        lines = drawn(corners, square, columns=columns, rows=rows).splitlines()
        wide = max(len(line.strip()) for line in lines if line.strip())
        high = sum(bool(line.strip()) for line in lines)
        assert 2 * high - 2 <= wide <= 2 * high
    lines = drawn([(0, 0), (1, 0), (1, 1), (0, 1)], square, columns=40, rows=5, aspect=2.0).splitlines()
    assert len(lines[0].strip()) > 2 * 5


def test_a_bone_with_a_missing_end_is_absent() -> None:
    easel = Easel(LINE, WHOLE, 1.0, 4, 2)
    picture = easel.draw(np.array([[0, 0], [1, 1]], np.float32), np.array([True, False]))
    assert not picture.text().strip()


def test_a_hand_covers_the_face_and_a_face_the_body() -> None:
    bones = Bones({"body": ((0, 1),), "face": ((0, 1),), "hand_l": ((0, 2),)})
    points_J2 = np.array([(0, 0), (1, 0), (0.4, 0)], np.float32)
    picture = Easel(bones, WHOLE, 1.0, 4, 1).draw(points_J2, np.ones(3, bool))
    assert [part for row in picture.rows() for _, part in row] == ["hand_l", "face"]


def test_the_head_is_drawn_only_without_a_face() -> None:
    bones = Bones({"face": ((0, 1),)}, head=((2, 3),))
    points_J2 = np.array([(0, 0), (1, 0), (0, 1), (1, 1)], np.float32)
    easel = Easel(bones, WHOLE, 1.0, 4, 2)
    assert easel.draw(points_J2, np.ones(4, bool)).text() == "⠉⠉⠉⠉\n"
    assert easel.draw(points_J2, np.array([False, False, True, True])).text() == "\n⣀⣀⣀⣀"


def test_letters_tell_the_hands_apart_without_colours() -> None:
    points_J2 = figure(1, 79)[0, :, :2]
    easel = Easel(BONES["mska_79"], WHOLE, 1.0, 40, 20)
    assert set("LR") <= set(easel.draw_lettered(points_J2, np.ones(79, bool)).text())
    assert not set("LR") & set(easel.draw(points_J2, np.ones(79, bool)).text())


def test_the_stage_holds_every_frame_but_not_hips_below_the_picture() -> None:
    points_FJ2 = figure(5, 33)[..., :2]
    points_FJ2[:, 23:25, 1] = 1.05
    stage = Stage.of(points_FJ2, np.ones((5, 33), bool), KEY_POSE, 1.0)
    drawn_points = sorted({*KEY_POSE.points("body"), *range(11)} - KEY_POSE.loose)
    low, high = points_FJ2[:, drawn_points].min((0, 1)), points_FJ2[:, drawn_points].max((0, 1))
    assert stage.left < low[0] < high[0] < stage.right
    assert stage.top < low[1] < high[1] < stage.bottom < 1.05


def test_a_clip_in_which_nothing_is_found_has_a_stage_and_no_figure() -> None:
    points_FJ2 = np.zeros((2, 79, 2), np.float32)
    found_FJ = np.zeros((2, 79), bool)
    stage = Stage.of(points_FJ2, found_FJ, BONES["mska_79"], 1.5)
    assert (stage.right, stage.bottom) == (1.5, 1.0)
    assert not Easel(BONES["mska_79"], stage, 1.5, 9, 9).draw(points_FJ2[0], found_FJ[0]).text().strip()


@given(
    st.lists(st.floats(-100, 100, width=32), min_size=8, max_size=8),
    st.integers(0, 60),
    st.integers(0, 30),
    st.floats(0.3, 3),
)
def test_any_points_in_any_room_draw_a_picture_of_that_size(
    values: list[float], columns: int, rows: int, aspect: float
) -> None:
    points_FJ2 = np.array(values, np.float32).reshape(1, 4, 2)
    bones = Bones({"body": ((0, 1),), "hand_r": ((2, 3),)}, dots={"face": (0,)})
    stage = Stage.of(points_FJ2, np.ones((1, 4), bool), bones, aspect)
    easel = Easel(bones, stage, aspect, columns, rows)
    picture = easel.draw_lettered(points_FJ2[0], np.ones(4, bool))
    assert picture.glyphs_HW.shape == (rows, columns)
    assert [sum(len(text) for text, _ in row) for row in picture.rows()] == [columns] * rows


# The rows below.


def test_a_column_says_whether_its_frames_have_the_part() -> None:
    present_F = np.array([True, True, True, False, False, False])
    assert presence_row(present_F, 6, plain=False) == "━━━   "
    assert presence_row(present_F, 2, plain=False) == "━ "
    assert presence_row(np.array([True, False]), 1, plain=False) == "╌"
    assert presence_row(present_F, 12, plain=True) == "======      "


@given(st.integers(1, 300), st.integers(1, 120))
def test_columns_and_frames_agree(frames: int, width: int) -> None:
    for column in range(width):
        frame = frame_of(column, frames, width)
        assert 0 <= frame < frames
        if frames >= width:
            assert column_of(frame, frames, width) == column


def clip(frames: int = 10) -> ClipFrames:
    points_FJ3 = figure(frames, 79)
    found_FJ = points_FJ3[..., 2] > 0
    found_FJ[:5, :21] = False
    bones = BONES["mska_79"]
    present = {part: found_FJ[:, list(bones.points(part))].any(1) for part in bones.parts}
    return ClipFrames("x", points_FJ3[..., :2], found_FJ, bones, present=present)


@pytest.mark.parametrize("height", [1, 2, 4, 5, 6, 13, 14, 40])
@pytest.mark.parametrize("width", [1, 5, 12, 13, 80])
def test_a_page_is_as_large_as_its_room(width: int, height: int) -> None:
    rows = ClipView(clip(), width=width, height=height).rows(3, "status")
    assert len(rows) == height
    if width > 12:
        assert {sum(len(text) for text, _ in row) for row in rows} == {width}


def test_a_page_tells_of_each_part_which_frames_have_it() -> None:
    lines = ["".join(text for text, _ in row) for row in ClipView(clip(), width=32, height=20).rows(0, "s")]
    assert lines[-6:] == [
        "      ●─────────────────── 0.4 s"[:6] + "●" + "─" * 19 + " 0.4 s",
        "body  " + "━" * 20 + " 100 %",
        "face  " + "━" * 20 + " 100 %",
        "left  " + " " * 10 + "━" * 10 + "  50 %",
        "right " + "━" * 20 + " 100 %",
        "s" + " " * 31,
    ]


def test_in_ascii_a_page_is_ascii() -> None:
    rows = ClipView(clip(), width=60, height=24, plain=True, lettered=True).rows(7, "s")
    assert all(text.isascii() for row in rows for text, _ in row)
