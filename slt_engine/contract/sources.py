"""DataSet: which files and directories a data set is, and what reading their tables gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from slt_engine.clips.index import Gloss


class DataSet(Protocol):
    """Where a data set lies; None for what it does not have.

    ``indexes`` maps a split to its file, ``crops`` a stream of frames to the directory of its pictures.
    """

    @property
    def origin(self) -> Path: ...
    @property
    def metadata_csv(self) -> Path | None: ...
    @property
    def indexes(self) -> Mapping[str, Path]: ...
    @property
    def keypoints_dir(self) -> Path | None: ...
    @property
    def pose_dir(self) -> Path | None: ...
    @property
    def gloss_csv(self) -> Path | None: ...
    @property
    def crops(self) -> Mapping[str, Path]: ...
    @property
    def keypoint_layout(self) -> str: ...
    @property
    def frame_stride(self) -> int: ...


@dataclass(frozen=True)
class TextRow:
    """A row of meta.csv: its line, the text, and the further columns by name."""

    line: int
    text: str
    columns: Mapping[str, str]


@dataclass
class Tables:
    """What could be read of a data set's tables, and the files of each stream by clip."""

    texts: dict[str, TextRow] = field(default_factory=dict)
    indexes: dict[str, dict[str, int]] = field(default_factory=dict)
    """The line of every clip, by split."""
    glosses: dict[str, tuple[int, Gloss]] = field(default_factory=dict)
    files: dict[str, dict[str, Path]] = field(default_factory=dict)
    """The file of a clip, by "keypoints" and "pose"."""

    def split_of(self, clip_id: str) -> str:
        """The first split that has the clip; empty where none has."""
        return next((split for split, lines in self.indexes.items() if clip_id in lines), "")

    def clips(self) -> Sequence[str]:
        """The clips that any index names; without indexes those of meta.csv, else those that have files."""
        indexed = dict.fromkeys(clip for lines in self.indexes.values() for clip in lines)
        found = {clip: None for files in self.files.values() for clip in sorted(files)}
        return list(indexed or dict.fromkeys(self.texts) or found)
