"""Videos for the tests of extraction: the shared recordings, and small ones made here."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
SIGNER, MSL = "video/pose_test_video.mp4", "msl150"
FOURCC = {".mp4": "mp4v", ".mov": "mp4v", ".avi": "MJPG", ".mkv": "MJPG", ".webm": "VP80"}


def shared(name: str) -> Path:
    """A shared recording; the test is skipped where it, or what reads it, is not here."""
    pytest.importorskip("mediapipe", reason="the extra `extract` is not installed")
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


def read_frames(path: Path) -> list[np.ndarray]:
    """All frames of a video, in BGR."""
    import cv2

    capture, frames = cv2.VideoCapture(str(path)), []
    while (frame := capture.read())[0]:
        frames.append(frame[1])
    return frames


def write_video(path: Path, frames: Sequence[np.ndarray], fps: float = 25.0) -> Path:
    """A video in the container that the suffix names."""
    import cv2

    if path.suffix == ".gif":
        pictures = [Image.fromarray(frame[..., ::-1]) for frame in frames]
        pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=round(1000 / fps), loop=0)
        return path
    height, width = frames[0].shape[:2]
    code = cv2.VideoWriter_fourcc(*FOURCC[path.suffix])  # type: ignore[attr-defined]
    writer = cv2.VideoWriter(str(path), code, fps, (width, height))
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


def plain_frames(count: int, side: int = 64) -> list[np.ndarray]:
    """Frames that tell their number: their brightness is ten times that."""
    return [np.full((side, side, 3), 10 * number, np.uint8) for number in range(count)]


def write_table(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """A CSV with semicolons."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *rows])
    return path


def contents(out: Path) -> dict[str, bytes]:
    """Every file of a directory by its name below it."""
    return {
        str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }
