"""A clean data set, small but whole, for one fault at a time to be planted into."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.support.clip_sets import figure, write_rows

CLIPS = {"a1": 12, "b2": 20, "-c3": 16, "007": 14}
TEXTS = {"a1": "mañana llueve", "b2": "hoy hace sol", "-c3": "otra vez; [red]", "007": "buenas noches"}


def plant(root: Path) -> Path:
    """Four clips with keypoints, pose, face crops and glosses, two to train on, one to validate, one to test."""
    for name in ("keypoints", "pose", "face"):
        (root / "processed" / name).mkdir(parents=True)
    (root / "index").mkdir()
    for number, (clip, frames) in enumerate(CLIPS.items()):
        save_keypoints(root, clip, moving(frames, 79, seed=number))
        save_pose(root, clip, moving(frames, 33, seed=10 + number))
        for frame in range(frames):
            save_crop(root, clip, frame)
    write_meta(root)
    write_glosses(root, {"a1": "1 2", "b2": "3 4", "-c3": "1 3", "007": "2 4"})
    write_index(root, "train", "a1", "b2")
    write_index(root, "val", "-c3")
    write_index(root, "test", "007")
    return root


def moving(frames: int, points: int, *, seed: int) -> np.ndarray:
    """(F, J, 3) that no other seed gives."""
    return figure(frames, points) + np.array([seed / 1000, 0, 0], np.float32)


def save_keypoints(root: Path, clip: str, points_FJ3: np.ndarray, **claims: object) -> None:
    arrays = {"keypoints": points_FJ3, "space": "normalized", **claims}
    np.savez(root / f"processed/keypoints/{clip}.npz", **arrays)  # type: ignore[arg-type]


def save_pose(root: Path, clip: str, pose_FP3: np.ndarray) -> None:
    flat_FN = pose_FP3.reshape(len(pose_FP3), -1)
    np.savez(root / f"processed/pose/{clip}.npz", pose=flat_FN, pose_norm="signing_space_v1")


def save_crop(root: Path, clip: str, frame: int, size: tuple[int, int] = (16, 16), grey: int = 128) -> None:
    Image.new("RGB", size, (grey, grey, grey)).save(crop_path(root, clip, frame))


def crop_path(root: Path, clip: str, frame: int) -> Path:
    return root / f"processed/face/{clip}_f{frame:06}.jpg"


def write_meta(root: Path, *more: str, columns: str = "", **values: str) -> None:
    """meta.csv, with ``columns`` whose value for a clip is in ``values`` (by id; - is _) or empty."""
    rows = [f'{clip};"{text}"{values.get(clip.replace("-", "_"), "")}' for clip, text in TEXTS.items()]
    write_rows(root / "meta.csv", f"video_id;texto{columns}", [*rows, *more])


def write_glosses(root: Path, labels: dict[str, str]) -> None:
    rows = [f"{clip};{' '.join('G' + label for label in row.split())};{row}" for clip, row in labels.items()]
    write_rows(root / "gloss.csv", "video_id;gloss;ctc_labels", rows)


def write_index(root: Path, split: str, *clips: str) -> None:
    write_rows(root / f"index/{split}.csv", "video_id", list(clips))
