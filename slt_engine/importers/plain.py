"""Any table with a header: which column is the id, the text, the split is said by a map, else by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.importers.imported import Dropped, Imported, Rows, split_named, split_of_file
from slt_engine.importers.phoenix import files_of
from slt_engine.importers.tables import read_header, read_table

MAPPED = ("video_id", "texto", "split", "gloss", "signer", "video", "start", "end", "fps", "file")
USUAL = {
    "video_id": ("video_id", "id", "name", "clip", "clip_id"),
    "texto": ("texto", "text", "translation", "sentence", "caption"),
}


def read_plain(source: Path, *, columns: Mapping[str, str], kept: Sequence[str] = ()) -> Rows:
    """Rows with an id and a text; ``columns`` maps ours (``MAPPED``) to the table's own. Raises DataError."""
    if unknown := sorted(set(columns) - set(MAPPED)):
        raise DataError(f"--column {unknown[0]}: is none of {', '.join(MAPPED)}")
    for path in files_of(source, "*.csv", "*.tsv"):
        header = read_header(path)
        ours = {name: _find(path, name, header, columns) for name in ("video_id", "texto")}
        ours |= {name: columns.get(name, name) for name in MAPPED if name not in ours}
        for row in read_table(path, [*ours.values()][:2] + list(columns.values())):
            if isinstance(row, Dropped):
                yield row
                continue
            clip_id, text = row[ours["video_id"]], row[ours["texto"]]
            if not text:
                yield Dropped(row.where, clip_id, "has no text")
                continue
            further = ("signer", "video", "start", "end", "fps", *kept)
            yield Imported(
                clip_id=clip_id,
                text=text,
                where=row.where,
                split=split_named(row[ours["split"]]) or split_of_file(path),
                glosses=tuple(row[ours["gloss"]].split()) if row[ours["gloss"]] else None,
                columns={name: row[ours[name]] for name in further if row[ours[name]]},
            )


def _find(path: Path, name: str, header: Sequence[str], columns: Mapping[str, str]) -> str:
    if name in columns:
        return columns[name]
    found = [usual for usual in USUAL[name] if usual in header]
    if not found:
        raise DataError(
            f"{path}: which column is the {name}? It has {', '.join(header)}; say --column {name}=COLUMN"
        )
    return found[0]
