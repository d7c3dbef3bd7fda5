"""Small data sets with real arrays, written by the test that looks at them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slt_engine.clips.layouts import LAYOUTS

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
TEXTS = {
    "a1": "mañana llueve",
    "b2": "hoy hace sol",
    "c3": "buenas noches",
    "-d4": "otra vez [red]",
}
FRAMES = {"a1": 12, "b2": 30, "c3": 7, "-d4": 20}


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


def clip_set(root: Path) -> Path:
    """Four clips of mska_79 in train and val, a left hand that is missing for half of the time, glosses, crops."""
    keypoints, pose, face = (root / "processed" / name for name in ("keypoints", "pose", "face"))
    for folder in (keypoints, pose, face, root / "index"):
        folder.mkdir(parents=True, exist_ok=True)
    for clip_id, frames in FRAMES.items():
        save_keypoints(keypoints / f"{clip_id}.npz", frames)
        np.savez(
            pose / f"{clip_id}.npz", pose=figure(frames, 33).reshape(frames, 99), pose_norm="signing_space_v1"
        )
        for frame in range(frames - 1):
            (face / f"{clip_id}_f{frame:06}.jpg").touch()
    write_rows(root / "meta.csv", "video_id;texto;fps", [f"{clip};{text};10" for clip, text in TEXTS.items()])
    write_rows(root / "gloss.csv", "video_id;gloss;ctc_labels", ["a1;MAÑANA LLUEVE;1 2", "b2;HOY SOL;3 4"])
    write_rows(root / "index" / "train.csv", "video_id", ["a1", "b2", "c3"])
    write_rows(root / "index" / "val.csv", "video_id", ["-d4"])
    return root


def save_keypoints(path: Path, frames: int, layout: str = "mska_79", **claims: object) -> None:
    """A file in [0, 1] of a square picture; the left hand is missing in its first half."""
    points_FJ3 = figure(frames, LAYOUTS[layout].points)
    points_FJ3[: frames // 2, list(LAYOUTS[layout].streams["hand_l"])[-21:]] = 0
    arrays = {"keypoints": points_FJ3, "space": "unit", "width": 100, "height": 100, **claims}
    np.savez(path, **arrays)  # type: ignore[arg-type]


def figure(frames: int, points: int) -> np.ndarray:
    """Float32 (F, J, 3): points that wander about in the picture, all found."""
    random = np.random.default_rng(points)
    start_J2 = random.uniform(0.2, 0.8, (points, 2))
    drift_FJ2 = np.cumsum(random.normal(0, 0.01, (frames, points, 2)), axis=0)
    found_FJ1 = np.ones((frames, points, 1))
    return np.concatenate([start_J2 + drift_FJ2, found_FJ1], axis=2).astype(np.float32)


def write_rows(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")


def config_of(root: Path, **more: object) -> dict[str, dict[str, object]]:
    """The data section that a run on the set has, with paths against its directory."""
    data = {
        "metadata_csv": "meta.csv",
        "gloss_csv": "gloss.csv",
        "keypoints_dir": "processed/keypoints",
        "pose_dir": "processed/pose",
        "train_index": "index/train.csv",
        "val_index": "index/val.csv",
        **more,
    }
    return {"data": data, "about": {"cwd": str(root)}}
