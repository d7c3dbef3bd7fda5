"""MSKA's pickles: name -> {gloss, text, num_frames, keypoint (T, 133, 3)}, a file a split."""

# F frames, J points, C channels (x, y, confidence)

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from slt_engine.clips.errors import DataError
from slt_engine.importers.imported import Dropped, Imported, Points, Rows, split_of_file
from slt_engine.importers.phoenix import files_of
from slt_engine.importers.plain_pickle import read_pickle

LAYOUT, POINTS = "coco_wholebody_133", 133


def read_mska(source: Path, *, size: tuple[int, int] | None) -> Rows:
    """Clips with their keypoints, in pixels of a picture of ``size``, or as the data set's readers infer."""
    for path in files_of(source, "*.train", "*.pkl") + _others(source):
        content = read_pickle(path)
        if not isinstance(content, dict):
            raise DataError(f"{path}: holds no clips by name; is it one of MSKA's pickles?")
        for name, record in content.items():
            yield _clip(path, str(name), record, size)


def _others(source: Path) -> list[Path]:
    """The further splits of a directory whose files end in the split's name."""
    if source.is_file() or not list(source.glob("*.train")):
        return []
    return sorted(path for ending in ("*.dev", "*.val", "*.test") for path in source.glob(ending))


def _clip(path: Path, name: str, record: Any, size: tuple[int, int] | None) -> Imported | Dropped:
    where, clip_id = f"{path.name} {name}", name.rpartition("/")[2]
    if not isinstance(record, Mapping) or not isinstance(record.get("text"), str):
        return Dropped(where, clip_id, "has no text")
    if not record["text"].strip():
        return Dropped(where, clip_id, "has no text")
    keypoints_FJC = record.get("keypoint")
    shape = tuple(getattr(keypoints_FJC, "shape", ()))
    if len(shape) != 3 or shape[1] != POINTS or shape[2] not in (2, 3) or not shape[0]:
        return Dropped(where, clip_id, f"its keypoints have the shape {shape}, not (frames, {POINTS}, 3)")
    gloss = record.get("gloss")
    return Imported(
        clip_id=clip_id,
        text=record["text"],
        where=where,
        split=split_of_file(path),
        glosses=tuple(gloss.split()) if isinstance(gloss, str) else None,
        columns={"signer": str(record["signer"])} if isinstance(record.get("signer"), str) else {},
        points=lambda: Points(np.asarray(keypoints_FJC, np.float32), LAYOUT, size),
    )
