"""Where a data set's files lie: from a run's settings, from a --config file or by the usual layout."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from slt_engine.clips.errors import DataError
from slt_tui.clip_reading.tables import Tables

CROPS = {"face": "face_dir", "hand_l": "hand_left_dir", "hand_r": "hand_right_dir"}
"""The usual directory of each stream of crops, and the setting that names it."""
SPLITS = ("train", "val", "test")
_KEYPOINT_FILES, _CONFIGS = (".pose", ".npz", ".npy"), (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class ClipSources:
    """The files and directories of a data set; None for what it does not have.

    ``indexes`` maps a split to its index file, ``crops`` a stream to the directory of its images.
    """

    origin: Path
    metadata_csv: Path | None = None
    indexes: Mapping[str, Path] = field(default_factory=dict)
    keypoints_dir: Path | None = None
    pose_dir: Path | None = None
    gloss_csv: Path | None = None
    crops: Mapping[str, Path] = field(default_factory=dict)
    keypoint_layout: str = "auto"
    frame_stride: int = 1

    @classmethod
    def of(cls, source: Path) -> Self:
        """A run's directory, a config file, or a directory with a data set. Raises DataError."""
        if source.is_file() and source.suffix in _CONFIGS:
            document = read_document(source)
            return cls.of_config(document, _base_of(document, source), origin=source)
        if (source / "config.json").is_file():
            return cls.of_config(read_document(source / "config.json"), Path.cwd(), origin=source)
        if source.is_dir():
            return cls.of_directory(source)
        what = "is neither a directory nor a config file" if source.exists() else "does not exist"
        raise DataError(f"{source}: {what}; name a run, a --config file or a data set's directory")

    @classmethod
    def of_config(cls, document: Mapping[str, Any], cwd: Path, *, origin: Path | None = None) -> Self:
        """The data section of a config; paths are read against ``about.cwd``, else ``cwd``. Raises DataError."""
        data, about = _section(document, "data"), _section(document, "about")
        origin = origin or Path(_text(about, "cwd") or cwd)
        if not data:
            raise DataError(f"{origin}: has no data section; name a run's directory or a --config file")
        base = Path(_text(about, "cwd") or cwd)
        paths = {name: base / text for name in _PATHS if (text := _text(data, name))}
        indexes = {name: paths[f"{name}_index"] for name in SPLITS if f"{name}_index" in paths}
        stride = data.get("frame_stride")
        return cls(
            origin=origin,
            metadata_csv=paths.get("metadata_csv"),
            indexes={**indexes, **_others_beside(indexes)},
            keypoints_dir=paths.get("keypoints_dir"),
            pose_dir=paths.get("pose_dir"),
            gloss_csv=paths.get("gloss_csv"),
            crops={name: paths[key] for name, key in CROPS.items() if key in paths} or _crops_beside(paths),
            keypoint_layout=_layout(_text(data, "keypoint_layout") or "auto", base),
            frame_stride=stride if isinstance(stride, int) and stride > 0 else 1,
        )

    @classmethod
    def of_directory(cls, path: Path) -> Self:
        """A data set in the usual layout, or a directory of keypoint files alone. Raises DataError."""
        processed = path / "processed" if (path / "processed").is_dir() else path
        keypoints, pose = _directory(processed / "keypoints"), _directory(processed / "pose")
        meta = next((file for file in (path / "meta.csv", path.parent / "meta.csv") if file.is_file()), None)
        found = cls(
            origin=path,
            metadata_csv=meta,
            indexes=_in_order({file.stem: file for file in sorted((path / "index").glob("*.csv"))}),
            keypoints_dir=keypoints or (path if _holds_keypoints(path) else None),
            pose_dir=pose,
            gloss_csv=path / "gloss.csv" if (path / "gloss.csv").is_file() else None,
            crops={name: processed / name for name in CROPS if (processed / name).is_dir()},
        )
        if not (found.keypoints_dir or found.pose_dir or found.crops or (found.indexes and meta)):
            raise DataError(
                f"{path}: holds no data set; it would have processed/keypoints, processed/pose and index/ "
                "(`slt data demo DIR` builds one)"
            )
        return found

    @cached_property
    def tables(self) -> Tables:
        """The tables and directories, read when they are first asked for."""
        return Tables(self)

    @property
    def extraction_log(self) -> Path | None:
        """The metadata.jsonl that extraction writes beside the streams."""
        streams = [self.keypoints_dir, self.pose_dir, *self.crops.values()]
        files = [path.parent / "metadata.jsonl" for path in streams if path]
        return next((file for file in files if file.is_file()), None)


def read_document(path: Path) -> Mapping[str, Any]:
    """A config file, JSON or YAML. Raises DataError."""
    import yaml

    try:
        content = path.read_text(encoding="utf-8")
        document = json.loads(content) if path.suffix == ".json" else yaml.safe_load(content)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as fault:
        reason = str(getattr(fault, "strerror", None) or fault).splitlines()[0]
        raise DataError(f"{path}: cannot be read ({reason}); name a run or a --config file") from fault
    if not isinstance(document, dict):
        raise DataError(f"{path}: holds no settings; name a run or a --config file")
    return document


def _base_of(document: Mapping[str, Any], file: Path) -> Path:
    """Where a config file's relative paths begin: here, else above the file, where what it names is found."""
    data = _section(document, "data")
    named = [text for name in _PATHS if (text := _text(data, name))]
    places = [Path.cwd(), *file.resolve().parents]
    return next((place for place in places if any((place / text).exists() for text in named)), places[0])


def _section(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = document.get(name)
    return section if isinstance(section, dict) else {}


def _text(section: Mapping[str, Any], name: str) -> str:
    value = section.get(name)
    return value if isinstance(value, str) else ""


def _layout(name: str, base: Path) -> str:
    return str(base / name) if Path(name).suffix in (".yaml", ".yml") else name


def _others_beside(indexes: Mapping[str, Path]) -> dict[str, Path]:
    """Indexes that no setting names, in the directory of those that one does: test.csv, unseen.csv."""
    named = {path.resolve() for path in indexes.values()}
    folder = next((path.parent for path in indexes.values() if path.parent.name == "index"), None)
    files = sorted(folder.glob("*.csv")) if folder else []
    return _in_order({file.stem: file for file in files if file.resolve() not in named})


def _in_order(indexes: dict[str, Path]) -> dict[str, Path]:
    return {name: indexes[name] for name in (*SPLITS, *indexes) if name in indexes}


def _crops_beside(paths: Mapping[str, Path]) -> dict[str, Path]:
    streams = (paths.get("keypoints_dir"), paths.get("pose_dir"))
    parents = {path.parent: None for path in streams if path}
    return {name: parent / name for parent in parents for name in CROPS if (parent / name).is_dir()}


def _directory(path: Path) -> Path | None:
    return path if path.is_dir() else None


def _holds_keypoints(path: Path) -> bool:
    return any(file.suffix in _KEYPOINT_FILES for file in _entries(path))


def _entries(path: Path) -> Iterator[Path]:
    try:
        yield from path.iterdir()
    except OSError as fault:
        raise DataError(f"{path}: cannot be listed ({fault.strerror}); check the path") from fault


_PATHS = (
    *("metadata_csv", "gloss_csv", "keypoints_dir", "pose_dir"),
    *(f"{name}_index" for name in SPLITS),
    *CROPS.values(),
)
