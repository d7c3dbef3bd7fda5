"""How long reading a clip's keypoints takes; the median of many."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from slt_engine.clips.keypoints import keypoint_length, read_keypoints
from slt_engine.clips.layouts import LAYOUTS

pytestmark = pytest.mark.bench


def median_ms(function: Callable[[], object]) -> float:
    took = []
    for _ in range(300):
        start = time.perf_counter()
        function()
        took.append(time.perf_counter() - start)
    return float(np.median(took)) * 1e3


@pytest.mark.parametrize("name", ["a.npz", "a.npy"])
def test_a_clip_of_150_frames_is_read_in_half_a_millisecond(tmp_path: Path, name: str) -> None:
    values = np.random.default_rng(0).uniform(0.1, 0.9, (150, 48, 3)).astype(np.float32)
    path = tmp_path / name
    if name == "a.npz":
        np.savez(path, keypoints=values, space="normalized", width=500, height=500, fps=25)
    else:
        np.save(path, values)
    assert median_ms(lambda: read_keypoints(path, LAYOUTS["hands_body_48"])) < 0.5
    assert median_ms(lambda: keypoint_length(path)) < 0.2
