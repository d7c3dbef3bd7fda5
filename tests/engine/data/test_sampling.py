"""Which frames are read: properties of the rule, whatever the clip."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.data.sampling import follow_frames, sample_frames, sampled_length

FRAMES = st.integers(1, 3000)
STRIDE = st.integers(1, 9)
LENGTH = st.integers(1, 300)


@given(FRAMES, STRIDE, LENGTH)
def test_frames_rise_within_the_clip_and_none_is_repeated(frames: int, stride: int, length: int) -> None:
    indices = sample_frames(frames, stride=stride, sequence_length=length)
    assert indices.dtype == np.int64
    assert indices[0] == 0
    assert indices[-1] < frames
    assert (np.diff(indices) >= stride).all()
    assert (indices % stride == 0).all()


@given(FRAMES, STRIDE, LENGTH)
def test_the_length_is_known_beforehand(frames: int, stride: int, length: int) -> None:
    kept = len(sample_frames(frames, stride=stride, sequence_length=length))
    assert (
        kept
        == sampled_length(frames, stride=stride, sequence_length=length)
        == min(-(-frames // stride), length)
    )


@given(FRAMES, LENGTH)
def test_a_long_clip_is_sampled_by_the_contract_s_formula(frames: int, length: int) -> None:
    indices = sample_frames(frames, stride=1, sequence_length=length)
    spread = [round(x) for x in np.linspace(0, frames - 1, length)]
    assert indices.tolist() == (spread if frames > length else list(range(frames)))


def test_a_long_clip_keeps_its_first_and_last_frame_and_even_steps() -> None:
    indices = sample_frames(1000, stride=1, sequence_length=64)
    assert (indices[0], indices[-1], len(indices)) == (0, 999, 64)
    assert set(np.diff(indices)) <= {15, 16}


@given(FRAMES, FRAMES, STRIDE, LENGTH)
def test_another_stream_is_read_at_the_same_moments(
    frames: int, other: int, stride: int, length: int
) -> None:
    indices = sample_frames(frames, stride=stride, sequence_length=length)
    followed = follow_frames(indices, frames, other_frames=other)
    assert ((followed >= 0) & (followed < other)).all()
    assert (np.diff(followed) >= 0).all()
    moments, expected = followed / max(other - 1, 1), indices / max(frames - 1, 1)
    assert (np.abs(moments - expected) * max(other - 1, 1) <= 0.5 + 1e-6).all() or other == 1


@given(FRAMES, STRIDE, LENGTH)
def test_a_stream_of_equal_length_is_read_at_the_same_frames(frames: int, stride: int, length: int) -> None:
    indices = sample_frames(frames, stride=stride, sequence_length=length)
    assert follow_frames(indices, frames, other_frames=frames) is indices


STRETCH = st.floats(0.3, 3)


@given(FRAMES, STRIDE, LENGTH, STRETCH)
def test_a_stretched_clip_keeps_to_the_longest_length_and_runs_forward_from_end_to_end(
    frames: int, stride: int, length: int, stretch: float
) -> None:
    indices = sample_frames(frames, stride=stride, sequence_length=length, stretch=stretch)
    assert len(indices) == sampled_length(frames, stride=stride, sequence_length=length, stretch=stretch)
    assert len(indices) <= length
    assert (np.diff(indices) >= 0).all()
    assert indices[0] == 0
    assert indices[-1] < frames


def test_a_clip_twice_as_long_shows_its_frames_twice_and_half_as_long_every_other() -> None:
    twice = sample_frames(5, stride=1, sequence_length=99, stretch=2.0)
    half = sample_frames(9, stride=1, sequence_length=99, stretch=0.5)
    assert twice.tolist() == [round(x) for x in np.linspace(0, 4, 10)] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert half.tolist() == [round(x) for x in np.linspace(0, 8, 4)]


@given(FRAMES, STRIDE, LENGTH)
def test_a_stretch_of_one_changes_nothing(frames: int, stride: int, length: int) -> None:
    plain = sample_frames(frames, stride=stride, sequence_length=length)
    assert (sample_frames(frames, stride=stride, sequence_length=length, stretch=1.0) == plain).all()
