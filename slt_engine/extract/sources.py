"""Which clips there are to extract: the videos of a directory, or the pieces of them that a table names."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import id_fault, rows_of

SUFFIXES = (".mp4", ".mkv", ".webm", ".mov", ".avi", ".gif")
ID_COLUMNS = ("video_id", "id")


@dataclass(frozen=True)
class Job:
    """A clip to extract: a video, or a piece of one. ``fault`` tells why it cannot even be tried."""

    clip_id: str
    video: Path
    start_s: float = 0.0
    end_s: float | None = None
    fault: str = ""


def find_videos(source: Path, *, recursive: bool = False) -> list[Path]:
    """The videos of a directory, in the order of their names, or the one video. Raises DataError."""
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise DataError(f"{source}: is neither a directory nor a video; check the path")
    found = source.rglob("*") if recursive else source.iterdir()
    videos = sorted(path for path in found if path.suffix.lower() in SUFFIXES and path.is_file())
    if not videos:
        deeper = "" if recursive else "; --recursive looks into directories too"
        raise DataError(f"{source}: holds no {', '.join(SUFFIXES)}{deeper}")
    return videos


def whole_videos(videos: Iterable[Path]) -> list[Job]:
    """One job a video, called like its file; ``fault`` where that can be no id. Raises DataError where two have the
    same name."""
    jobs: dict[str, Job] = {}
    for video in videos:
        fault = id_fault(video.stem)
        told = f"{video}: its name {fault}; rename it" if fault else ""
        known = jobs.setdefault(video.stem, Job(video.stem, video, fault=told))
        if known.video != video:
            raise DataError(f'{video}: "{video.stem}" would be the id of {known.video} too; rename one')
    return list(jobs.values())


def pieces(table: Path, videos: Iterable[Path]) -> list[Job]:
    """One job a row of a CSV with the columns id (or video_id), video, start and end, in seconds.

    ``video`` is a file's name, with or without its suffix. What cannot be tried says so in ``fault``.
    Raises DataError for a table that is none, and for an id that stands there twice.
    """
    places = _by_name(videos)
    jobs: dict[str, Job] = {}
    for line, row in _records(table):
        job = _piece(row, places, f"{table.name} line {line}")
        if jobs.setdefault(job.clip_id, job) is not job:
            raise DataError(f'{table.name} line {line}: "{job.clip_id}" stands above too; keep one')
    if not jobs:
        raise DataError(f"{table}: holds no row; write one a clip")
    return list(jobs.values())


def _by_name(videos: Iterable[Path]) -> dict[str, Path]:
    places: dict[str, Path] = {}
    for video in videos:
        for name in (video.name, video.stem):
            known = places.setdefault(name, video)
            if known != video:
                raise DataError(f'{video}: "{name}" names {known} too; rename one')
    return places


def _records(table: Path) -> Iterator[tuple[int, dict[str, str]]]:
    rows = ((line, row) for line, row in rows_of(table) if any(field.strip() for field in row))
    _, header = next(rows, (0, []))
    columns = [name.strip() for name in header]
    named = next((name for name in ID_COLUMNS if name in columns), "id")
    if missing := [name for name in (named, "video", "start", "end") if name not in columns]:
        raise DataError(f'{table}: has no column "{missing[0]}" but {columns}')
    for line, row in rows:
        fields = dict(zip(columns, row, strict=False))
        yield line, {"id": fields.get(named, ""), **{k: v for k, v in fields.items() if k not in ID_COLUMNS}}


def _piece(row: dict[str, str], places: dict[str, Path], where: str) -> Job:
    clip_id, name = row["id"].strip(), row.get("video", "").strip()
    if fault := id_fault(clip_id):
        raise DataError(f'{where}: "{clip_id}" {fault}; it names files')
    start_s, end_s = (_seconds(row.get(column, "")) for column in ("start", "end"))
    if start_s is None or end_s is None or not 0 <= start_s < end_s:
        told = f'from "{row.get("start", "")}" to "{row.get("end", "")}"'
        return Job(clip_id, Path(name), fault=f"{where}: {told} is no stretch of seconds; mend the row")
    if name not in places:
        return Job(clip_id, Path(name), start_s, end_s, f'{where}: no video "{name}" is there; add it')
    return Job(clip_id, places[name], start_s, end_s)


def _seconds(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def relative_name(video: Path, source: Path) -> str:
    """A video as metadata names it: below the directory that was given, wherever that lies."""
    return os.path.relpath(video, source if source.is_dir() else source.parent)
