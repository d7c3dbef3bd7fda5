"""What is known of a data set before a clip is read: texts, glosses, each clip's files and their lengths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from slt_engine.clips.agreement import find_disagreement
from slt_engine.clips.crops import list_crops
from slt_engine.clips.errors import DataError
from slt_engine.clips.index import Gloss, read_glosses, read_texts
from slt_engine.clips.keypoints import SUFFIXES as KEYPOINT_SUFFIXES
from slt_engine.clips.keypoints import keypoint_length
from slt_engine.clips.pose import SUFFIXES as POSE_SUFFIXES
from slt_engine.clips.pose import pose_length
from slt_engine.data.frames import CropSource
from slt_engine.data.point_files import ClipFile


@dataclass(frozen=True)
class Source:
    """Where a data set lies and how its clips are read; a stream is on when its directory is given."""

    metadata_csv: Path
    keypoints_dir: Path | None
    pose_dir: Path | None
    crop_dirs: Mapping[str, Path]
    gloss_csv: Path | None
    keypoint_layout: str
    frame_stride: int
    sequence_length: int
    image_size: int
    max_target_length: int


@dataclass(frozen=True)
class ClipFiles:
    """A clip's file in each stream; None where it has none. Of crops the streams that it has."""

    keypoints: ClipFile | None
    pose: ClipFile | None
    crops: Mapping[str, CropSource]


class Catalogue:
    """The tables and directories of a source, each read or listed once."""

    def __init__(self, source: Source) -> None:
        self.texts: Mapping[str, str] = read_texts(source.metadata_csv)
        self.glosses: Mapping[str, Gloss] = read_glosses(source.gloss_csv) if source.gloss_csv else {}
        self._metadata_csv = source.metadata_csv
        self._keypoints = _list_files(source.keypoints_dir, KEYPOINT_SUFFIXES)
        self._pose = _list_files(source.pose_dir, POSE_SUFFIXES)
        self._crops: Mapping[str, Mapping[str, CropSource]] = {
            stream: list_crops(directory) for stream, directory in source.crop_dirs.items()
        }

    def check(self, clip_ids: Iterable[str], index: Path) -> None:
        """A DataError unless each clip of ``index`` has a text that is not empty and at least one file."""
        clip_ids = list(clip_ids)
        texts, table = self.texts, self._metadata_csv.name
        _refuse(clip_ids, lambda clip: clip not in texts, f"{index.name}: not in {table}", "add their rows")
        _refuse(
            clip_ids, lambda clip: not texts[clip], f"{index.name}: without a text in {table}", "write it"
        )
        _refuse(clip_ids, self._has_no_file, f"{index.name}: without a file in any stream", "extract them")

    def keypoint_paths(self, clip_ids: Iterable[str]) -> list[Path]:
        """The keypoint files of those clips that have one."""
        return [self._keypoints[clip_id] for clip_id in clip_ids if clip_id in self._keypoints]

    def files(self, clip_id: str) -> ClipFiles:
        """A clip's files with their lengths, which are read from the headers. Raises DataError."""
        keypoints, pose = self._keypoints.get(clip_id), self._pose.get(clip_id)
        files = ClipFiles(
            keypoints=ClipFile(keypoints, keypoint_length(keypoints)) if keypoints else None,
            pose=ClipFile(pose, pose_length(pose)) if pose else None,
            crops={stream: clips[clip_id] for stream, clips in self._crops.items() if clip_id in clips},
        )
        _check_agreement(files)
        return files

    def _has_no_file(self, clip_id: str) -> bool:
        return not any(clip_id in files for files in (self._keypoints, self._pose, *self._crops.values()))


def _list_files(directory: Path | None, suffixes: Sequence[str]) -> dict[str, Path]:
    """Files of a stream by clip; of several for one clip the one whose suffix comes first."""
    if directory is None:
        return {}
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


def _refuse(clip_ids: Sequence[str], is_bad: Callable[[str], bool], what: str, remedy: str) -> None:
    bad = [clip_id for clip_id in clip_ids if is_bad(clip_id)]
    if bad:
        shown = ", ".join(f'"{clip_id}"' for clip_id in bad[:5]) + (", ..." if len(bad) > 5 else "")
        raise DataError(
            f"{what}: {len(bad)} of {len(clip_ids)} clips, {shown}; {remedy} or drop them from the index"
        )


def _check_agreement(files: ClipFiles) -> None:
    whole = {str(file.path): file.frames for file in (files.keypoints, files.pose) if file}
    gapped: dict[str, int] = {}
    for source in files.crops.values():
        lengths = gapped if source.has_gaps else whole
        lengths[source.whereabouts(source.frames - 1)] = source.frames
    if disagreeing := find_disagreement(whole, gapped):
        first, name = disagreeing
        frames = whole | gapped
        raise DataError(
            f"{first}: {frames[first]} frames, but {name} has {frames[name]}; "
            "streams of one clip must come from one recording, extract both again"
        )
