"""Which clips a data set has: tables at once, lengths and what is wrong clip by clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import keypoint_length
from slt_engine.clips.pose import pose_length
from slt_tui.clip_reading.sources import ClipSources

NO_SPLIT = "-"
"""The split of a clip that no index names."""


@dataclass(frozen=True)
class ClipRow:
    """What the tables and directories say of a clip; no file of its own was opened."""

    clip_id: str
    split: str
    text: str | None
    gloss: str | None
    keypoints: Path | None
    pose: Path | None


@dataclass(frozen=True)
class ClipFacts:
    """What a look at a clip's files adds: frames by their headers, streams that have files, what is wrong."""

    frames: int | None
    streams: tuple[str, ...]
    problem: str | None


def list_clips(sources: ClipSources) -> list[ClipRow]:
    """Every clip once a split, in the order of the indexes; then those that no index names.

    A table that cannot be read counts as empty; its line is in ``sources.tables.problems``. Raises DataError
    where nothing at all names a clip.
    """
    tables = sources.tables
    named = [(clip_id, split) for split, clip_ids in tables.indexes.items() for clip_id in clip_ids]
    seen = {clip_id for clip_id, _ in named}
    others = dict.fromkeys(tables.texts) | (
        {} if tables.indexes else dict.fromkeys(sorted({*tables.keypoints, *tables.pose}))
    )
    rows = [*named, *((clip_id, NO_SPLIT) for clip_id in others if clip_id not in seen)]
    if not rows:
        problems = tables.problems or [f"{sources.origin}: names no clip; write index/train.csv and meta.csv"]
        raise DataError(problems[0])
    return [_row(sources, clip_id, split) for clip_id, split in rows]


def measure_clip(sources: ClipSources, row: ClipRow) -> ClipFacts:
    """Read the headers of a clip's files."""
    problems, lengths = [], []
    for path, length_of in ((row.keypoints, keypoint_length), (row.pose, pose_length)):
        if path is None:
            continue
        try:
            lengths.append(length_of(path))
        except DataError as problem:
            problems.append(str(problem))
    crops = [name for name, path in sources.crops.items() if (path / f"{row.clip_id}_f000000.jpg").is_file()]
    files = [name for name, path in (("keypoints", row.keypoints), ("pose", row.pose)) if path]
    if not files and not crops:
        problems.append(f'no stream has a file of "{row.clip_id}"; extract it or drop the clip')
    return ClipFacts(lengths[0] if lengths else None, (*files, *crops), problems[0] if problems else None)


def _row(sources: ClipSources, clip_id: str, split: str) -> ClipRow:
    tables = sources.tables
    gloss = tables.glosses.get(clip_id)
    return ClipRow(
        clip_id=clip_id,
        split=split,
        text=tables.texts.get(clip_id),
        gloss=" ".join(gloss.tokens) if gloss else None,
        keypoints=tables.keypoints.get(clip_id),
        pose=tables.pose.get(clip_id),
    )
