"""Imported and Dropped: what becomes of each row of somebody's data set."""

# F frames, J points, C channels

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_NAMES = {
    "train": ("train", "training"),
    "val": ("val", "dev", "valid", "validation"),
    "test": ("test", "testing"),
}
SPLITS = {name: split for split, names in _NAMES.items() for name in names}


@dataclass(frozen=True)
class Points:
    """Keypoints (F, J, C) of a clip; ``size`` is the picture's in pixels where they are counted in those."""

    values_FJC: NDArray[np.float32]
    layout: str
    size: tuple[int, int] | None = None
    fps: float | None = None


@dataclass(frozen=True)
class Imported:
    """A clip that was taken. ``points`` reads its keypoints when they are written, ``file`` is copied as it is."""

    clip_id: str
    text: str
    where: str
    split: str = ""
    glosses: tuple[str, ...] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    points: Callable[[], Points] | None = None
    file: Path | None = None


@dataclass(frozen=True)
class Dropped:
    """A row that was not taken: where it stands, its id if it has one, and why."""

    where: str
    clip_id: str
    reason: str


Rows = Iterator[Imported | Dropped]


def split_named(name: str) -> str:
    """train, val or test by any of their names; another name stays as it is."""
    plain = name.strip().lower()
    return SPLITS.get(plain, plain)


def split_of_file(path: Path) -> str:
    """The split that a file's name tells, such as how2sign_realigned_val.csv or Phoenix-2014T.dev."""
    words = re.split(r"[^a-z]+", path.name.lower())
    return next((SPLITS[word] for word in words if word in SPLITS), "")
