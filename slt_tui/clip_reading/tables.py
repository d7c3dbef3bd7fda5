"""What tables and directories say of a data set's clips, each read once; what is wrong with one is kept."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import Gloss, read_column, read_glosses, read_index, read_texts

if TYPE_CHECKING:
    from slt_tui.clip_reading.sources import ClipSources

KEYPOINT_SUFFIXES, POSE_SUFFIXES = (".npz", ".npy", ".pose"), (".npz", ".npy")
USUAL_FPS = 25.0

Read = TypeVar("Read")


class Tables:
    """The tables of ``sources``; a broken one is empty and leaves its line in ``problems``."""

    def __init__(self, sources: ClipSources) -> None:
        self._sources = sources
        self.problems: list[str] = []

    @cached_property
    def texts(self) -> Mapping[str, str]:
        return self._read(read_texts, self._sources.metadata_csv)

    @cached_property
    def glosses(self) -> Mapping[str, Gloss]:
        return self._read(read_glosses, self._sources.gloss_csv)

    @cached_property
    def indexes(self) -> Mapping[str, list[str]]:
        """The clips of each split that has an index, else of each that meta.csv names."""
        lists: dict[str, list[str]] = {
            split: list(self._read(lambda path: dict.fromkeys(read_index(path), ""), path))
            for split, path in self._sources.indexes.items()
        }
        if not lists:
            for clip_id, split in self._column("split").items():
                lists.setdefault(split, []).append(clip_id)
        return lists

    @cached_property
    def keypoints(self) -> Mapping[str, Path]:
        return self._read(lambda path: files_of(path, KEYPOINT_SUFFIXES), self._sources.keypoints_dir)

    @cached_property
    def pose(self) -> Mapping[str, Path]:
        return self._read(lambda path: files_of(path, POSE_SUFFIXES), self._sources.pose_dir)

    def fps(self, clip_id: str) -> float:
        """Frames a second by meta.csv or the extraction's log, else the usual 25."""
        return rate(self._fps_column.get(clip_id)) or rate(self._fps_logged.get(clip_id)) or USUAL_FPS

    @cached_property
    def _fps_column(self) -> Mapping[str, str]:
        return self._column("fps")

    @cached_property
    def _fps_logged(self) -> Mapping[str, Any]:
        path = self._sources.extraction_log
        return self._read(_logged_rates, path) if path else {}

    def _column(self, name: str) -> dict[str, str]:
        return self._read(lambda path: read_column(path, name), self._sources.metadata_csv)

    def _read(self, read: Callable[[Path], dict[str, Read]], path: Path | None) -> dict[str, Read]:
        if path is None:
            return {}
        try:
            return read(path)
        except DataError as problem:
            if str(problem) not in self.problems:
                self.problems.append(str(problem))
            return {}


def files_of(directory: Path, suffixes: Sequence[str]) -> dict[str, Path]:
    """A stream's files by clip; of several for one clip the one whose suffix comes first. Raises DataError."""
    try:
        names = [path.name for path in directory.iterdir()]
    except OSError as fault:
        raise DataError(f"{directory}: cannot be listed ({fault.strerror}); check the path") from fault
    files: dict[str, Path] = {}
    for suffix in suffixes:
        for name in names:
            if name.endswith(suffix):
                files.setdefault(name.removesuffix(suffix), directory / name)
    return files


def _logged_rates(path: Path) -> dict[str, Any]:
    rates: dict[str, Any] = {}
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                row = _row(line)
                if isinstance(row.get("video_id"), str):
                    rates[row["video_id"]] = row.get("fps")
    except OSError as fault:
        raise DataError(f"{path}: cannot be read ({fault.strerror}); check the path") from fault
    return rates


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def rate(value: object) -> float | None:
    """Frames a second where the value can be one."""
    try:
        rate = float(str(value))
    except ValueError:
        return None
    return rate if math.isfinite(rate) and 0 < rate <= 1000 else None
