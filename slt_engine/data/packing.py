"""Packing a split: each stream in one file under the cache's home, made anew when a source changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from slt_engine.clips.crops import state_of
from slt_engine.data.dataset import Clip, ClipDataset
from slt_engine.data.packed import open_crops, open_points, write_crops, write_points
from slt_engine.data.point_files import ClipFile

POINTS = ("keypoints", "pose")


@dataclass(frozen=True)
class PackFile:
    """A stream's pack: how many clips it holds, and whether it was made just now."""

    stream: str
    path: Path
    clips: int
    size: int
    made: bool


def packs_home(cache: Path) -> Path:
    """Where packs are kept between runs; it may be deleted at any time."""
    return cache / "packs"


def pack_split(dataset: ClipDataset, home: Path, *, streams: Collection[str]) -> Iterator[PackFile]:
    """Make the packs of ``streams`` that are not there or are of other files. Raises DataError, and OSError where the
    disk refuses."""
    for stream in streams:
        clips = _clips_of(dataset, stream)
        if not clips:
            continue
        path, fingerprint = _path(dataset, stream, home), _fingerprint(dataset, stream)
        made = not _is_there(dataset, stream, path, fingerprint)
        if made:
            path.parent.mkdir(parents=True, exist_ok=True)
            if stream in POINTS:
                write_points(path, fingerprint, _points(dataset, stream))
            else:
                write_crops(path, fingerprint, ((clip.clip_id, clip.crops[stream]) for clip in clips))
        yield PackFile(stream, path, len(clips), path.stat().st_size, made)


def read_packed(dataset: ClipDataset, home: Path) -> ClipDataset:
    """The same clips, read from the packs that are there and of the same files."""
    for stream in dataset.streams:
        path = _path(dataset, stream, home)
        if not path.is_file():
            continue
        if stream in POINTS:
            if (points := open_points(path, _fingerprint(dataset, stream))) is not None:
                dataset = dataset.with_packed_points(stream, points)
        else:
            origins = {clip.clip_id: clip.crops[stream] for clip in _clips_of(dataset, stream)}
            if (crops := open_crops(path, _fingerprint(dataset, stream), origins)) is not None:
                dataset = dataset.with_packed_crops(stream, crops)
    return dataset


def pack_on_first_use(dataset: ClipDataset, home: Path, *, notice: Callable[[str], None]) -> ClipDataset:
    """A split that stays in memory once read as it is; of any other keypoints and pose are packed, and every pack that
    is there is read. Crops, which would be on the disk twice, are packed when asked for alone. Raises DataError."""
    if dataset.in_memory:
        return dataset
    try:
        for pack in pack_split(dataset, home, streams=[name for name in dataset.streams if name in POINTS]):
            if pack.made:
                notice(
                    f"{pack.path}: {pack.stream} of {pack.clips:,} clips packed, {pack.size / 1e6:,.0f} MB"
                )
    except OSError as error:
        notice(
            f"{home}: clips cannot be packed ({error.strerror}); reading their files, SLT_CACHE moves the cache"
        )
    return read_packed(dataset, home)


def _clips_of(dataset: ClipDataset, stream: str) -> list[Clip]:
    """The clips that have the stream."""
    if stream in POINTS:
        return [clip for clip in dataset.clips if getattr(clip, stream) is not None]
    return [clip for clip in dataset.clips if stream in clip.crops]


def _points(dataset: ClipDataset, stream: str) -> Iterator[tuple[str, np.ndarray, float]]:
    for clip in _clips_of(dataset, stream):
        yield clip.clip_id, *dataset.read_whole(clip, stream)


def _is_there(dataset: ClipDataset, stream: str, path: Path, fingerprint: str) -> bool:
    if stream in POINTS:
        return open_points(path, fingerprint) is not None
    origins = {clip.clip_id: clip.crops[stream] for clip in _clips_of(dataset, stream)}
    return open_crops(path, fingerprint, origins) is not None


def _path(dataset: ClipDataset, stream: str, home: Path) -> Path:
    """A split's own, so that a data set that changed finds the pack to replace."""
    clips = _clips_of(dataset, stream)
    folders = (
        {str(getattr(clip, stream).path.parent) for clip in clips}
        if stream in POINTS
        else {str(Path(clip.crops[stream].whereabouts(0)).parent) for clip in clips}
    )
    names = (stream, *sorted(folders), *(clip.clip_id for clip in clips))
    return home / f"{hashlib.sha256(repr(names).encode()).hexdigest()[:32]}.{stream}"


def _fingerprint(dataset: ClipDataset, stream: str) -> str:
    """Of the files' names, sizes and times of change, and of how they are read."""
    digest = hashlib.sha256(dataset.reading_of(stream).encode())
    for clip in _clips_of(dataset, stream):
        state = _state(getattr(clip, stream)) if stream in POINTS else clip.crops[stream].fingerprint()
        digest.update(f"{clip.clip_id}\0{state}\0".encode())
    return digest.hexdigest()


def _state(file: ClipFile) -> str:
    return f"{file.path.name} {state_of(file.path)}"
