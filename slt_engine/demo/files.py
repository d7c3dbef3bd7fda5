"""The files of a demo data set as the data contract names them: keypoints, pose, index, texts and glosses."""

# T frames, J joints, P pose landmarks, C = x, y, confidence

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from slt_engine.clips.signing_space import NAME, to_signing_space

KEYPOINTS, POSE, INDEX = Path("processed/keypoints"), Path("processed/pose"), Path("index")
META_COLUMNS = ("video_id", "texto", "fps", "frame_count", "split", "signer", "subset")


@dataclass(frozen=True)
class ClipRow:
    """One clip's lines in meta.csv, gloss.csv and its split's index."""

    clip_id: str
    text: str
    frames: int
    split: str
    signer: str
    glosses: tuple[str, ...]
    labels: tuple[int, ...]


def make_folders(root: Path) -> None:
    for folder in (KEYPOINTS, POSE, INDEX):
        (root / folder).mkdir(parents=True, exist_ok=True)


def write_keypoints(
    root: Path, clip_id: str, keypoints_TJC: NDArray[np.float32], *, layout: str, fps: float, side: int
) -> None:
    """Coordinates as a share of a square picture of ``side`` pixels."""
    assert keypoints_TJC.dtype == np.float32
    np.savez(
        root / KEYPOINTS / f"{clip_id}.npz",
        keypoints=keypoints_TJC, layout=layout, space="unit", width=side, height=side, fps=fps,
    )  # fmt: skip


def write_pose(root: Path, clip_id: str, pose_TPC: NDArray[np.float32], *, fps: float, side: int) -> None:
    """The 33 landmarks, given as a share of a square picture, in signing space."""
    pose = to_signing_space(pose_TPC, width=side, height=side)
    np.savez(root / POSE / f"{clip_id}.npz", pose=pose, pose_norm=NAME, fps=fps)


def write_tables(root: Path, rows: Sequence[ClipRow], *, fps: float) -> None:
    """meta.csv, gloss.csv and one index file a split."""
    meta = ((r.clip_id, r.text, f"{fps:g}", r.frames, r.split, r.signer, r.signer) for r in rows)
    _write_csv(root / "meta.csv", META_COLUMNS, meta)
    gloss = ((r.clip_id, " ".join(r.glosses), " ".join(map(str, r.labels))) for r in rows)
    _write_csv(root / "gloss.csv", ("video_id", "gloss", "ctc_labels"), gloss)
    for split in dict.fromkeys(row.split for row in rows):
        _write_csv(
            root / INDEX / f"{split}.csv", ("video_id",), ((r.clip_id,) for r in rows if r.split == split)
        )


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
