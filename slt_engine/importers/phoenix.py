"""Phoenix-2014T's annotations: name|video|start|end|speaker|orth|translation, a file a split."""

from __future__ import annotations

from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.importers.imported import Dropped, Imported, Rows, split_of_file
from slt_engine.importers.tables import read_table

NEEDED = ("name", "speaker", "orth", "translation")
_FINER = "-complex-annotation."  # the training split once more, in glosses that the others are not written in


def read_phoenix(source: Path) -> Rows:
    """Texts, glosses and signers; the frames come from elsewhere, by the clips' names."""
    files = files_of(source, "*.corpus.csv", "*.csv")
    for path in [path for path in files if _FINER not in path.name] or files:
        for row in read_table(path, NEEDED, quoted=False):
            if isinstance(row, Dropped):
                yield row
            elif not row["translation"]:
                yield Dropped(row.where, row["name"], "has no translation")
            else:
                yield Imported(
                    clip_id=row["name"],
                    text=row["translation"],
                    where=row.where,
                    split=split_of_file(path),
                    glosses=tuple(row["orth"].split()),
                    columns={"signer": row["speaker"]},
                )


def files_of(source: Path, *patterns: str) -> list[Path]:
    """``source`` itself, or those of its files that the first pattern with any finds. Raises DataError."""
    if source.is_file():
        return [source]
    for pattern in patterns:
        if found := sorted(path for path in source.glob(pattern) if path.is_file()):
            return found
    raise DataError(f"{source}: has no file {' or '.join(patterns)}; name the file, or its directory")
