"""Letters become words: speed, joins, doubles and the camera."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from slt_engine.demo.letters import LEFT_HAND, RIGHT_HAND, Letter, Points, read_letter
from slt_engine.demo.motion import PEAK_SPEED, film, least_jerk
from slt_engine.demo.sources import read_lexicon
from slt_engine.demo.spelling import (
    LONGEST_JOIN,
    SHORTEST_JOIN,
    SHORTEST_LETTER,
    SLIDE,
    at_speed,
    join,
    joined,
    slid,
    spell,
)


def posture(x: float, y: float) -> Points:
    """One frame: shoulders 0.4 apart, right hand at x, y, left hand not found."""
    points_PC = np.zeros((75, 3), dtype=np.float32)
    points_PC[11], points_PC[12] = (0.7, 0.5, 1.0), (0.3, 0.5, 1.0)
    points_PC[RIGHT_HAND] = (x, y, 1.0)
    return points_PC


def held(x: float, y: float, frames: int = 10, fps: float = 25.0) -> Letter:
    return Letter(np.repeat(posture(x, y)[None], frames, axis=0), fps)


def test_twice_the_speed_takes_half_the_frames() -> None:
    assert len(at_speed(held(0.4, 0.4, frames=21), speed=1.0)) == 21
    assert len(at_speed(held(0.4, 0.4, frames=21), speed=2.0)) == 11


def test_a_recording_at_fifty_frames_a_second_becomes_twenty_five() -> None:
    assert len(at_speed(held(0.4, 0.4, frames=41, fps=50.0), speed=1.0)) == 21


def test_no_letter_grows_shorter_than_it_can_be_read() -> None:
    assert len(at_speed(held(0.4, 0.4, frames=7), speed=1.3)) == SHORTEST_LETTER


def test_resampling_keeps_the_first_and_the_last_posture() -> None:
    points_TPC = np.stack([posture(0.3 + 0.01 * frame, 0.4) for frame in range(12)])
    resampled_TPC = at_speed(Letter(points_TPC, 25.0), speed=0.7)
    np.testing.assert_allclose(resampled_TPC[[0, -1]], points_TPC[[0, -1]], atol=1e-6)


def test_a_join_begins_and_ends_at_rest_and_is_fastest_in_the_middle() -> None:
    start, end = posture(0.3, 0.4), posture(0.5, 0.6)
    way_TPC = np.concatenate([start[None], join(start, end), end[None]])
    steps_T = np.linalg.norm(np.diff(way_TPC[:, RIGHT_HAND.start, :2], axis=0), axis=-1)
    assert steps_T[0] < steps_T[len(steps_T) // 2] / 3
    assert steps_T[-1] == pytest.approx(steps_T[0], rel=1e-3)
    assert steps_T.max() <= PEAK_SPEED * steps_T.mean() * 1.01


def test_a_wider_way_takes_more_frames_within_bounds() -> None:
    near, far = join(posture(0.4, 0.4), posture(0.41, 0.4)), join(posture(0.1, 0.1), posture(0.9, 0.9))
    assert (len(near), len(far)) == (SHORTEST_JOIN, LONGEST_JOIN)


def test_least_jerk_goes_half_the_way_in_half_the_time() -> None:
    share_T = least_jerk(9)
    assert share_T[4] == pytest.approx(0.5)
    np.testing.assert_allclose(share_T, 1 - share_T[::-1], atol=1e-6)


def test_a_landmark_that_one_posture_lacks_stays_where_it_was_without_confidence() -> None:
    start, end = posture(0.3, 0.4), posture(0.5, 0.4)
    end[RIGHT_HAND] = 0.0
    between_TPC = join(start, end)[:, RIGHT_HAND]
    np.testing.assert_allclose(between_TPC[..., 0], 0.3, atol=1e-6)
    assert not between_TPC[..., 2].any()


def test_the_second_of_two_equal_letters_slides_outwards() -> None:
    moved_TPC = slid(held(0.4, 0.4).points_TPC)
    np.testing.assert_allclose(moved_TPC[:, RIGHT_HAND, 0], 0.4 - SLIDE * 0.4, atol=1e-6)
    np.testing.assert_array_equal(moved_TPC[:, [11, 12]], held(0.4, 0.4).points_TPC[:, [11, 12]])


def test_a_word_is_its_letters_with_joins_between_them() -> None:
    parts = [held(0.3, 0.4).points_TPC, held(0.32, 0.4).points_TPC, held(0.34, 0.4).points_TPC]
    assert len(joined(parts)) == 30 + 2 * SHORTEST_JOIN


def test_the_camera_keeps_what_was_not_found_at_zero() -> None:
    filmed_TPC = film(held(0.4, 0.4).points_TPC, np.random.default_rng(0))
    assert not filmed_TPC[:, LEFT_HAND].any()
    assert filmed_TPC[:, RIGHT_HAND, 2].all()


def test_the_camera_keeps_proportions() -> None:
    points_TPC = held(0.4, 0.3).points_TPC
    filmed_TPC = film(points_TPC, np.random.default_rng(3)).mean(axis=0)

    def ratio(points_PC: Points) -> float:
        across = np.linalg.norm(points_PC[11, :2] - points_PC[12, :2])
        return float(np.linalg.norm(points_PC[54, :2] - points_PC[12, :2]) / across)

    assert ratio(filmed_TPC) == pytest.approx(ratio(points_TPC[0]), abs=0.02)


def test_the_same_chance_spells_the_same_frames() -> None:
    letters = {"a": held(0.3, 0.4), "b": held(0.5, 0.4)}
    one, two, other = (spell("abba", letters, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert one.shape != other.shape or not np.array_equal(one, other)


@pytest.mark.usefixtures("installed")
def test_joins_of_real_letters_are_no_faster_than_the_letters_themselves() -> None:
    letters = {letter: read_letter(path) for letter, path in read_lexicon()["ssp"].items()}

    def fastest(points_TPC: Points) -> float:
        return float(np.linalg.norm(np.diff(points_TPC[:, RIGHT_HAND, :2], axis=0), axis=-1).max())

    parts = [at_speed(letters[letter], speed=1.0) for letter in "abcdefghijklmnñopqrstuvwxyz"]
    inside = max(fastest(part) for part in parts)
    for before, after in itertools.pairwise(parts):
        way = np.concatenate([before[-1:], join(before[-1], after[0]), after[:1]])
        assert fastest(way) <= inside
