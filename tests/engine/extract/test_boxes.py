"""Where a crop lies: by the detector, by the pose, where it was, nowhere."""

# J the 543 landmarks, C = x, y, z, confidence; in pixels of a picture of 1000 x 1000

from __future__ import annotations

import numpy as np
import pytest

from slt_engine.extract.boxes import Box, Follower, Origin
from slt_engine.extract.landmarks import PARTS, POINTS

SHOULDERS, LEFT_ARM = (11, 12), (15, 17, 19)


def nobody() -> np.ndarray:
    return np.zeros((POINTS, 4), np.float32)


def with_hand(points_JC: np.ndarray, *, low: float, high: float) -> np.ndarray:
    diagonal = np.linspace(low, high, 21)
    points_JC[PARTS["hand_l"]] = np.stack([diagonal, diagonal, np.zeros(21), np.ones(21)], axis=1)
    return points_JC


def with_pose(points_JC: np.ndarray, *, wrist: float, seen: float = 1.0) -> np.ndarray:
    points_JC[[*SHOULDERS]] = [(700, 300, 0, 1), (300, 300, 0, 1)]
    points_JC[[*LEFT_ARM]] = [(wrist, wrist, 0, seen), (wrist, wrist, 0, seen), (wrist + 20, wrist, 0, seen)]
    return points_JC


def follow(*frames: tuple[float, np.ndarray]) -> list[tuple[Box | None, Origin]]:
    follower = Follower("hand_l")
    return [follower.box(points_JC, time_s, width=1000, height=1000) for time_s, points_JC in frames]


def test_a_hand_that_is_found_has_a_square_box_a_fifth_larger() -> None:
    assert follow((0, with_hand(nobody(), low=100, high=200))) == [
        (Box(150, 150, pytest.approx(120)), Origin.DETECTOR)
    ]


def test_a_hand_that_the_detector_loses_is_where_the_pose_has_it_in_the_size_it_had() -> None:
    _, (box, origin) = follow(
        (0.0, with_hand(nobody(), low=100, high=200)), (0.04, with_pose(nobody(), wrist=400))
    )
    assert origin == Origin.POSE
    assert box == Box(410, 400, pytest.approx(120))


def test_a_hand_that_was_never_found_takes_its_size_from_the_shoulders() -> None:
    ((box, _),) = follow((0, with_pose(nobody(), wrist=400)))
    assert box
    assert box.side == pytest.approx(1.2 * 0.5 * 400)


def test_without_a_pose_the_box_before_serves_for_half_a_second() -> None:
    seen, *lost = follow((0.0, with_hand(nobody(), low=100, high=200)), (0.5, nobody()), (0.54, nobody()))
    assert lost == [(seen[0], Origin.PREVIOUS), (None, Origin.NONE)]


def test_a_hand_that_the_pose_only_guesses_is_not_cut_out() -> None:
    assert follow((0, with_pose(nobody(), wrist=400, seen=0.4))) == [(None, Origin.NONE)]


def test_a_hand_outside_of_the_picture_is_not_cut_out() -> None:
    assert follow((0, with_pose(nobody(), wrist=1001))) == [(None, Origin.NONE)]
