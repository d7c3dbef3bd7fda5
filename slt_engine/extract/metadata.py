"""metadata.jsonl: one line a video, added when its files are in place, sorted by id when all is done."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from slt_engine.clips.crops import list_crops
from slt_engine.extract.settings import CROPS, FOLDERS, METADATA
from slt_engine.extract.sources import Job
from slt_engine.run.files import parse_leniently, replace_file

Line = dict[str, Any]


def read_metadata(out: Path) -> dict[str, Line]:
    """Lines by video_id; one that was being written when its writer died is left out."""
    path = out / METADATA
    lines: dict[str, Line] = {}
    for text in path.read_bytes().split(b"\n") if path.exists() else ():
        try:
            line = parse_leniently(text)
        except ValueError:
            continue
        if isinstance(line, dict) and isinstance(line.get("video_id"), str):
            lines[line["video_id"]] = line
    return lines


def write_metadata(out: Path, lines: Mapping[str, Line]) -> None:
    """Put all lines in place of what is there, sorted by id."""
    replace_file(out / METADATA, b"".join(_encoded(lines[clip_id]) for clip_id in sorted(lines)))


def add_line(out: Path, line: Line) -> None:
    with (out / METADATA).open("ab") as file:
        file.write(_encoded(line))


def head_of(job: Job, video: str, size: int | None) -> Line:
    """How a job's line begins: what must be the same for its files to be still good."""
    head = {"video_id": job.clip_id, "video": video, "bytes": size}
    return head if job.end_s is None else {**head, "start": job.start_s, "end": job.end_s}


def complete_clips(out: Path, lines: Mapping[str, Line], heads: Mapping[str, Line]) -> set[str]:
    """The clips of ``heads`` that an earlier extraction finished from the same videos and whose files are there."""
    listed = {stream: list_crops(out / stream) for stream in CROPS}
    arrays = {
        folder: {path.stem for path in (out / folder).glob("*.npz")} for folder in ("pose", "keypoints")
    }

    def is_complete(clip_id: str, head: Line) -> bool:
        line = lines.get(clip_id, {})
        if line.get("status") != "done" or any(line.get(key) != value for key, value in head.items()):
            return False
        frames = line.get("frames", {})
        crops = (listed[stream].get(clip_id) for stream in CROPS)
        whole = all(
            crop is not None and not crop.has_gaps and crop.frames == frames.get(stream)
            for stream, crop in zip(CROPS, crops, strict=True)
        )
        return whole and all(clip_id in names for names in arrays.values())

    return {clip_id for clip_id, head in heads.items() if is_complete(clip_id, head)}


def remove_files(out: Path, clip_ids: Collection[str]) -> None:
    """Delete what an extraction that was killed left of clips."""
    for folder in FOLDERS:
        names = _crops_of(out / folder, clip_ids) if folder in CROPS else [f"{clip}.npz" for clip in clip_ids]
        for name in names:
            (out / folder / name).unlink(missing_ok=True)


def _crops_of(folder: Path, clip_ids: Collection[str]) -> list[str]:
    listed = list_crops(folder)
    crops = [listed[clip_id] for clip_id in clip_ids if clip_id in listed]
    return [name for crop in crops for frame in range(crop.frames) if (name := crop.name(frame))]


def _encoded(line: Line) -> bytes:
    return (json.dumps(line, ensure_ascii=False) + "\n").encode()
