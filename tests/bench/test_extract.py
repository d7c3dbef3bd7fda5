"""What extraction costs a frame, beside MediaPipe Holistic that only looks and keeps nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bench.figures import Figure, Figures, median
from tests.engine.extract.videos import SIGNER, read_frames, shared, write_video

ROUNDS, REPEATS = 3, 4
MOST = 1 / 0.9
"""Of plain Holistic's time: nine tenths of its frames a second."""

PLAIN = """
import sys
import cv2
from mediapipe.python.solutions.holistic import Holistic
capture = cv2.VideoCapture(sys.argv[1])
with Holistic(model_complexity=1) as holistic:
    while (read := capture.read())[0]:
        holistic.process(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB))
"""


@pytest.mark.bench
def test_extraction_has_nine_tenths_of_the_rate_of_plain_holistic(figures: Figures, tmp_path: Path) -> None:
    frames = read_frames(shared(SIGNER))
    video = write_video(tmp_path / "long.mp4", frames * REPEATS, fps=30)
    ours, theirs = [], []
    for number in range(ROUNDS):  # by turns: the machine's load is the same for both
        theirs.append(seconds_of([sys.executable, "-c", PLAIN, str(video)]))
        words = ["-m", "slt_engine", "extract", str(video), str(tmp_path / f"out{number}")]
        ours.append(seconds_of([sys.executable, *words]))
    count = len(frames) * REPEATS
    ours_ms, theirs_ms = (1000 * median(seconds) / count for seconds in (ours, theirs))
    name = f"extract a frame (process of {count})"
    figures.hold(Figure(name, ours_ms, "ms", MOST * theirs_ms, "plain Holistic", theirs_ms))


def seconds_of(command: Sequence[str]) -> float:
    """How long a command takes, from its start to its end."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began
