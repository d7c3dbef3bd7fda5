"""How2Sign's TSV: VIDEO_NAME, SENTENCE_NAME, START_REALIGNED, END_REALIGNED, SENTENCE, with OpenPose JSON or videos."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from slt_engine.importers.damaged import Span, read_span
from slt_engine.importers.imported import Dropped, Imported, Points, Rows, split_of_file
from slt_engine.importers.openpose import LAYOUT, read_frames
from slt_engine.importers.phoenix import files_of
from slt_engine.importers.tables import Row, read_table

NEEDED = ("VIDEO_NAME", "SENTENCE_NAME", "SENTENCE")
SIZE = (1280, 720)


def read_how2sign(source: Path, *, openpose: Path | None, size: tuple[int, int] | None) -> Rows:
    """Sentences; with ``openpose``, a directory with one of JSON files a sentence, also their keypoints."""
    for path in files_of(source, "*.tsv", "*.csv"):
        for row in read_table(path, NEEDED, quoted=False):
            yield row if isinstance(row, Dropped) else _clip(path, row, openpose, size or SIZE)


def _clip(path: Path, row: Row, openpose: Path | None, size: tuple[int, int]) -> Imported | Dropped:
    clip_id = row["SENTENCE_NAME"]
    if not row["SENTENCE"]:
        return Dropped(row.where, clip_id, "has no sentence")
    span = _span(row)
    if openpose is None and isinstance(span, str):
        return Dropped(row.where, clip_id, span)
    if openpose is not None and not (openpose / clip_id).is_dir():
        return Dropped(row.where, clip_id, f"{openpose} has no directory {clip_id}")
    times = {"start": f"{span.start_s:.3f}", "end": f"{span.end_s:.3f}"} if isinstance(span, Span) else {}
    return Imported(
        clip_id=clip_id,
        text=row["SENTENCE"],
        where=row.where,
        split=split_of_file(path),
        columns={"video": row["VIDEO_NAME"], **times},
        points=partial(_read, openpose / clip_id, size) if openpose is not None else None,
    )


def _span(row: Row) -> Span | str:
    """Times realigned by hand where there are any, else those of the subtitles."""
    return read_span(
        row["START_REALIGNED"] or row["START"],
        row["END_REALIGNED"] or row["END"],
    )


def _read(directory: Path, size: tuple[int, int]) -> Points:
    return Points(read_frames(directory), LAYOUT, size)
