"""What an extraction is asked for, and the record of it that its directory keeps."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from slt_engine.clips.errors import DataError
from slt_engine.run.files import read_json, replace_json

CROPS = ("face", "hand_l", "hand_r")
FOLDERS = (*CROPS, "pose", "keypoints")
RECORD, METADATA = "extraction.json", "metadata.jsonl"
SIDE = 224  # pixels of a crop
MARGIN = 1.2  # a crop's side over that of the box around its landmarks


@dataclass(frozen=True)
class Settings:
    """``fps`` keeps so many frames a second, ``fps_limit`` every n-th so that no more are left; else all are kept."""

    fps: float | None = None
    fps_limit: float | None = None
    face_blur: bool = False


def claim(out: Path, settings: Settings, *, resume: bool) -> None:
    """Make ``out`` the place of an extraction with ``settings``. Raises DataError where it is another's."""
    record = _record(settings)
    before = read_json(out / RECORD)
    if before is None:
        _refuse_foreign_files(out)
        replace_json(out / RECORD, record)
    elif before != record:
        raise DataError(
            f"{out}: was extracted with other settings ({_differences(before, record)}); "
            "use those, or name another directory"
        )
    elif not resume and (out / METADATA).exists():
        raise DataError(f"{out}: holds an extraction; --resume goes on with it, or name another directory")
    for folder in FOLDERS:
        (out / folder).mkdir(exist_ok=True)


def _record(settings: Settings) -> dict[str, Any]:
    return {**asdict(settings), "side": SIDE, "margin": MARGIN, "mediapipe": version("mediapipe")}


def _refuse_foreign_files(out: Path) -> None:
    taken = [name for name in (METADATA, *FOLDERS) if _holds_something(out / name)]
    if taken:
        raise DataError(
            f"{out / taken[0]}: is there already, but no {RECORD} beside it; name another directory"
        )


def _holds_something(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _differences(before: Any, record: dict[str, Any]) -> str:
    if not isinstance(before, dict):
        return f"{RECORD} is damaged"
    keys = [key for key in {**before, **record} if before.get(key) != record.get(key)]
    return ", ".join(f"{key} {before.get(key)}, not {record.get(key)}" for key in keys)
