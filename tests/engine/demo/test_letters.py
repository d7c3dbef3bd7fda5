"""A letter keeps the frames in which the hand holds it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slt_engine.clips.errors import DataError
from slt_engine.demo.letters import (
    LEFT_HAND,
    MOVING,
    RIGHT_HAND,
    Letter,
    Points,
    holding_frames,
    read_letter,
    read_recording,
    shoulder_width,
    signing_hand,
)
from slt_engine.demo.sources import read_lexicon


def recording(heights: list[float], hand: slice = RIGHT_HAND) -> Letter:
    """Shoulders 0.4 apart and one hand whose wrist takes these heights (downwards), 25 frames a second."""
    points_TPC: Points = np.zeros((len(heights), 75, 3), dtype=np.float32)
    points_TPC[:, 11] = (0.7, 0.5, 1.0)
    points_TPC[:, 12] = (0.3, 0.5, 1.0)
    points_TPC[:, hand] = (0.4, 0.0, 1.0)
    points_TPC[:, hand, 1] = np.array(heights)[:, None]
    return Letter(points_TPC, fps=25.0)


RISE, FALL = [0.9, 0.8, 0.7, 0.6], [0.6, 0.7, 0.8, 0.9]


def test_the_hand_coming_up_and_going_down_is_cut() -> None:
    assert holding_frames(recording([*RISE, *[0.5] * 8, *FALL])) == (4, 12)


def test_a_letter_that_is_still_from_the_first_frame_is_kept_whole() -> None:
    assert holding_frames(recording([0.5] * 10)) == (0, 10)


def test_a_hesitation_of_one_frame_on_the_way_down_does_not_end_it() -> None:
    assert holding_frames(recording([*RISE, *[0.5] * 8, 0.6, 0.7, 0.7, 0.8, 0.9])) == (4, 12)


def test_a_letters_own_movement_is_kept() -> None:
    inner = [0.5, 0.5, 0.5, 0.5, 0.4, 0.3, 0.4, 0.5, 0.5, 0.5, 0.5]
    assert holding_frames(recording([*RISE, *inner, *FALL])) == (4, 15)


def test_slow_drift_is_no_rise() -> None:
    assert holding_frames(recording(list(np.linspace(0.55, 0.5, 20)))) == (0, 20)


def test_frames_without_the_hand_are_bridged() -> None:
    letter = recording([*RISE, *[0.5] * 8, *FALL])
    letter.points_TPC[6, RIGHT_HAND] = 0.0
    assert holding_frames(letter) == (4, 12)


def test_the_signing_hand_is_the_one_that_is_seen() -> None:
    assert signing_hand(recording([0.5] * 5, LEFT_HAND).points_TPC) == LEFT_HAND
    assert signing_hand(recording([0.5] * 5).points_TPC) == RIGHT_HAND


def test_shoulder_width_is_a_share_of_the_picture() -> None:
    assert shoulder_width(recording([0.5] * 3).points_TPC) == pytest.approx(0.4)


def test_a_broken_recording_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.pose"
    path.write_bytes(b"no pose")
    with pytest.raises(DataError, match=r"a\.pose"):
        read_letter(path)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("alphabet", ["ssp", "mfs", "ase", "gsg"])
def test_real_letters_keep_a_good_part_and_lose_the_way_up_and_down(alphabet: str) -> None:
    for letter, path in read_lexicon()[alphabet].items():
        whole, kept = read_recording(path), read_letter(path)
        assert 8 <= len(kept.points_TPC) <= len(whole.points_TPC), letter
        fall_T = np.diff(kept.points_TPC[:, RIGHT_HAND.start, 1]) * kept.fps / shoulder_width(kept.points_TPC)
        assert fall_T[0] > -1.2 * MOVING, letter
        assert fall_T[-1] < 1.2 * MOVING, letter
