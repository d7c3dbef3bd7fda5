"""Short videos of a real signer, and the extraction of them as a command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.extract.videos import SIGNER, read_frames, shared, write_video

Started = subprocess.Popen[str]


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clips of eight frames, 25 a second, in two containers."""
    folder = tmp_path_factory.mktemp("videos")
    frames = read_frames(shared(SIGNER))[26:42]
    write_video(folder / "one.mp4", frames[:8])
    write_video(folder / "two.mkv", frames[8:])
    return folder


@pytest.fixture
def start() -> Callable[..., Started]:
    """Starts `python -m slt_engine extract` with some words."""

    def run(*words: object) -> Started:
        return subprocess.Popen(
            [sys.executable, "-m", "slt_engine", "extract", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "GLOG_minloglevel": "3"},
        )

    return run


@pytest.fixture
def extract(start: Callable[..., Started]) -> Callable[..., tuple[int, str, str]]:
    """Exit code, stdout and stderr of an extraction that was waited for."""

    def run(*words: object) -> tuple[int, str, str]:
        process = start(*words)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    return run
