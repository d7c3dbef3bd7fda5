"""A folder of .pose files with an index: which file is which text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from slt_engine.importers.imported import Dropped, Imported, Rows
from slt_engine.importers.plain import read_plain


def read_poses(source: Path, *, poses: Path, columns: Mapping[str, str]) -> Rows:
    """The table's rows whose clip has a file in ``poses``; the column "file" names it where the id does not."""
    for row in read_plain(source, columns=columns, kept=("file",)):
        if isinstance(row, Dropped):
            yield row
            continue
        name = row.columns.get("file") or f"{row.clip_id}.pose"
        path = poses / name
        if not _is_inside(poses, path) or not path.is_file():
            yield Dropped(row.where, row.clip_id, f"{poses} has no file {name}")
        else:
            others = {column: value for column, value in row.columns.items() if column != "file"}
            yield Imported(row.clip_id, row.text, row.where, row.split, row.glosses, others, file=path)


def _is_inside(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
