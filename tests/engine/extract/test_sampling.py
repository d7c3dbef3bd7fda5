"""Which frames are kept: by their times, at an even stride, or all."""

from __future__ import annotations

import numpy as np
import pytest

from slt_engine.extract.sampling import sampler_of
from slt_engine.extract.settings import Settings


def kept(times_s: list[float], settings: Settings, source_fps: float) -> list[int]:
    sampler = sampler_of(settings, source_fps)
    return [number for number, time_s in enumerate(times_s) if sampler.keeps(time_s)]


def even(fps: float, count: int) -> list[float]:
    return [number / fps for number in range(count)]


def test_all_frames_are_kept_where_nothing_is_asked() -> None:
    assert kept(even(30, 7), Settings(), 30) == list(range(7))


def test_25_of_30_frames_are_kept_a_second() -> None:
    assert len(kept(even(30, 300), Settings(fps=25), 30)) == 250


def test_a_rate_that_the_video_does_not_reach_repeats_nothing() -> None:
    assert kept(even(12, 24), Settings(fps=25), 12) == list(range(24))


def test_the_videos_own_rate_keeps_all_though_times_are_rounded_to_milliseconds() -> None:
    times_s = [round(number / 30, 3) for number in range(90)]
    assert kept(times_s, Settings(fps=30), 30) == list(range(90))


def test_frames_are_chosen_by_their_times_where_the_rate_varies() -> None:
    times_s = [0.0, 0.01, 0.02, 0.1, 0.11, 0.5, 0.51, 0.6]
    assert kept(times_s, Settings(fps=10), 25) == [0, 3, 5, 7]


def test_a_clip_that_begins_late_keeps_its_first_frame() -> None:
    assert kept([7.03, 7.07, 7.11, 7.15], Settings(fps=12.5), 25) == [0, 2]


@pytest.mark.parametrize(("fps", "limit", "stride"), [(30, 30, 1), (29.97, 30, 1), (60, 30, 2), (60, 25, 3)])
def test_a_limit_keeps_every_nth_frame(fps: float, limit: float, stride: int) -> None:
    assert kept(even(fps, 12), Settings(fps_limit=limit), fps) == list(np.arange(0, 12, stride))
    assert sampler_of(Settings(fps_limit=limit), fps).stride == stride
