"""Rules on meta.csv's numbers: fps, duration, frame_count, start and end against each other and the files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from slt_engine.contract.problem import Problem, warning
from slt_engine.contract.sources import Tables, TextRow

_NUMBERS = ("fps", "duration", "frame_count", "start", "end")
_MOST_FPS = 1000.0
_TOLERANCE = 0.1  # of the longer


def check_times(path: Path, tables: Tables, frames: Mapping[str, Mapping[str, int]]) -> Iterator[Problem]:
    """Numbers that are none, and lengths that disagree by more than a tenth."""
    for clip, row in tables.texts.items():
        numbers = {name: _number(row.columns[name]) for name in _NUMBERS if row.columns.get(name, "").strip()}
        yield from _check_numbers(path, clip, row, numbers)
        known = {name: value for name, value in numbers.items() if value is not None}
        yield from _check_span(path, clip, row, known)
        if clip in frames:
            yield from _check_frames(path, clip, row, known, next(iter(frames[clip].values())))


def _check_numbers(
    path: Path, clip: str, row: TextRow, numbers: Mapping[str, float | None]
) -> Iterator[Problem]:
    for name, value in numbers.items():
        if value is None:
            message = f'{name} "{row.columns[name].strip()[:40]}" is no number'
            remedy = "mend it: a spreadsheet may have moved its point"
            yield warning("number", path, message, remedy, clip=clip, line=row.line)
    fps = numbers.get("fps")
    if fps is not None and not 0 < fps <= _MOST_FPS:
        yield warning("fps", path, f"fps {fps:g} cannot be", "mend it", clip=clip, line=row.line)


def _check_span(path: Path, clip: str, row: TextRow, known: Mapping[str, float]) -> Iterator[Problem]:
    if "start" not in known or "end" not in known:
        return
    span_s = known["end"] - known["start"]
    where = {"clip": clip, "line": row.line}
    if span_s <= 0:
        message = f"ends at {known['end']:g} s, before its start at {known['start']:g} s"
        yield warning("span", path, message, "mend the times", **where)
    elif "duration" in known and not _agree(span_s, known["duration"]):
        message = f"lasts {span_s:g} s from start to end, but its duration is {known['duration']:g}"
        yield warning("duration", path, message, "trust start and end; drop the column", **where)


def _check_frames(
    path: Path, clip: str, row: TextRow, known: Mapping[str, float], frames: int
) -> Iterator[Problem]:
    where = {"clip": clip, "line": row.line}
    counted = known.get("frame_count")
    if counted is not None and not _agree(counted, frames):
        message = f"frame_count is {counted:g}, its files have {frames}"
        yield warning("frame-count", path, message, "look which of the two is stale", **where)
    fps, duration_s = known.get("fps"), known.get("duration")
    if counted is None and fps and duration_s and fps <= _MOST_FPS and not _agree(fps * duration_s, frames):
        message = (
            f"{duration_s:g} s at {fps:g} fps are {fps * duration_s:.0f} frames, its files have {frames}"
        )
        yield warning("frame-rate", path, message, "look at fps and duration", **where)


def _agree(one: float, other: float) -> bool:
    return abs(one - other) <= max(1.0, _TOLERANCE * max(one, other))


def _number(text: str) -> float | None:
    try:
        value = float(text.strip())
    except ValueError:
        return None
    return value if math.isfinite(value) else None
