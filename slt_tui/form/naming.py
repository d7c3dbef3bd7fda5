"""Free names for runs: work_dirs/demo-1, work_dirs/demo-2, ..."""

from __future__ import annotations

import re
from pathlib import Path

from slt_engine.run.directory import RunDir

_NUMBER = re.compile(r"-\d+$")


def free_work_dir(root: Path, name: str) -> Path:
    """The first of ``root/name-1``, ``root/name-2``, ... where nothing is; a number that ``name`` has is left off."""
    stem, number = _NUMBER.sub("", name) or "run", 1
    while _is_taken(path := root / f"{stem}-{number}"):
        number += 1
    return path


def _is_taken(path: Path) -> bool:
    return RunDir(path).holds_run() or (path.exists() and (not path.is_dir() or any(path.iterdir())))
