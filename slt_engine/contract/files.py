"""Rules on directories: which clip has which file, and what nobody asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from slt_engine.clips.keypoints import SUFFIXES as KEYPOINT_SUFFIXES
from slt_engine.clips.pose import SUFFIXES as POSE_SUFFIXES
from slt_engine.contract.problem import Problem, error, warning
from slt_engine.contract.sources import DataSet, Tables


def list_files(data: DataSet, tables: Tables) -> Iterator[Problem]:
    """Fill ``tables.files`` with the keypoints and the pose of every clip."""
    for stream, directory, suffixes in (
        ("keypoints", data.keypoints_dir, KEYPOINT_SUFFIXES),
        ("pose", data.pose_dir, POSE_SUFFIXES),
    ):
        if directory is not None:
            yield from _list(stream, directory, suffixes, tables)


def _list(stream: str, directory: Path, suffixes: Sequence[str], tables: Tables) -> Iterator[Problem]:
    found: dict[str, list[Path]] = defaultdict(list)
    tables.files[stream] = {}
    try:
        paths = sorted(directory.iterdir())
    except OSError as fault:
        yield error("directory", directory, f"cannot be listed ({fault.strerror})", "check the path")
        return
    for path in paths:
        if path.suffix in suffixes:
            found[path.name.removesuffix(path.suffix)].append(path)
    if not found:
        message = f"holds no {' or '.join(suffixes)} file"
        yield error("directory-empty", directory, message, "give another directory, or none")
    for clip, files in found.items():
        files.sort(key=lambda path: suffixes.index(path.suffix))
        tables.files[stream][clip] = files[0]
        if len(files) > 1:
            names = " and ".join(path.name for path in files)
            yield warning(
                "two-files", files[0], f"{names} are there; the first is read", "keep one", clip=clip
            )
        if tables.texts and clip not in tables.texts:
            remedy = "add its row, or remove the file"
            yield warning(
                "file-unknown",
                files[0],
                "no row of meta.csv names the clip",
                remedy,
                clip=clip,
                stream=stream,
            )


def check_presence(data: DataSet, tables: Tables) -> Iterator[Problem]:
    """Clips without any file, and clips that lack a stream which others have."""
    for clip in tables.clips():
        having = [stream for stream, files in tables.files.items() if clip in files]
        if not having:
            place = data.indexes.get(tables.split_of(clip)) or data.metadata_csv or data.origin
            message = "has no file in any stream"
            yield error("no-file", place, message, "extract it, or drop the clip", clip=clip)
            continue
        for stream, files in tables.files.items():
            if files and stream not in having:
                place = next(iter(files.values())).parent
                yield warning(
                    "no-stream",
                    place,
                    "has no file",
                    "extract it, or let it be masked",
                    clip=clip,
                    stream=stream,
                )
