"""`slt data check` over many clips of keypoints and pose: budget 60 s for 10,000 of 128 frames and 79 points."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from slt_engine.contract import check
from slt_tui.clip_reading import ClipSources
from tests.bench.figures import Figure, Figures
from tests.engine.contract.planted import moving, save_keypoints, save_pose
from tests.support.clip_sets import write_rows

CLIPS, FRAMES, POINTS = 2_000, 128, 79


@pytest.mark.bench
def test_reading_and_checking_every_clip(tmp_path: Path, figures: Figures) -> None:
    for folder in ("processed/keypoints", "processed/pose", "index"):
        (tmp_path / folder).mkdir(parents=True)
    keypoints_FJ3, pose_FP3 = moving(FRAMES, POINTS, seed=0), moving(FRAMES, 33, seed=1)
    for number in range(CLIPS):
        shift_3 = np.array([number * 1e-5, 0, 0], np.float32)
        save_keypoints(tmp_path, f"c{number}", keypoints_FJ3 + shift_3)
        save_pose(tmp_path, f"c{number}", pose_FP3 + shift_3)
    rows = [f"c{number};text {number}" for number in range(CLIPS)]
    write_rows(tmp_path / "meta.csv", "video_id;texto", rows)
    write_rows(tmp_path / "index/train.csv", "video_id", [f"c{number}" for number in range(CLIPS)])
    began = time.perf_counter()
    report = check(ClipSources.of(tmp_path))
    took_s = time.perf_counter() - began
    assert report.problems == []
    began = time.perf_counter()
    for path in (tmp_path / "processed").rglob("*.npz"):
        with np.load(path) as arrays:
            [arrays[name] for name in arrays.files]
    plain_s = time.perf_counter() - began
    scale = 10_000 / CLIPS
    figures.hold(
        Figure(
            "check 10,000 clips of 128 x 79",
            scale * took_s,
            "s",
            60,
            peer="numpy.load alone",
            theirs=scale * plain_s,
        )
    )
