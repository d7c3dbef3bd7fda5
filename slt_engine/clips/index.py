"""Which clips there are and what they mean: index files, meta.csv and gloss.csv, ids kept as text."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from slt_engine.clips.errors import DataError

BLANK = "<blank>"  # label 0, CTC's own
LONGEST_ID = 240  # bytes: with _f000000.jpg behind it, the 255 that file systems take

_LABELS = re.compile(r"\[?[\d\s,]*\]?")


@dataclass(frozen=True)
class Gloss:
    """The glosses of a clip and their CTC labels, one each, from 1."""

    tokens: tuple[str, ...]
    labels: tuple[int, ...]


def read_index(path: Path) -> list[str]:
    """The video ids of an index file, in its order; a header and further columns are allowed."""
    rows = [(line, row) for line, row in rows_of(path) if any(row)]
    if rows and "video_id" in rows[0][1]:
        column = rows[0][1].index("video_id")
        rows = rows[1:]
    else:
        column = 0
    lines: dict[str, int] = {}
    for line, row in rows:
        clip_id = _clip_id(row[column] if column < len(row) else "", path, line)
        if clip_id in lines:
            raise DataError(
                f'{path.name} line {line}: "{clip_id}" stands on line {lines[clip_id]} too; keep one'
            )
        lines[clip_id] = line
    if not lines:
        raise DataError(f"{path}: holds no video_id; write one a line")
    return list(lines)


def read_texts(path: Path) -> dict[str, str]:
    """Text by video id of a meta.csv, in Unicode's composed form (NFC) and without blanks around it."""
    texts: dict[str, str] = {}
    for line, row in _records(path, ("video_id", "texto")):
        clip_id = _clip_id(row["video_id"], path, line)
        text = unicodedata.normalize("NFC", row["texto"]).strip()
        if texts.setdefault(clip_id, text) != text:
            raise DataError(f'{path.name} line {line}: "{clip_id}" has another text above; keep one row')
    return texts


def read_column(path: Path, name: str) -> dict[str, str]:
    """A further column of a meta.csv, such as fps or split, by video id; empty where the table has none."""
    rows = _records(path, ("video_id",))
    return {row["video_id"].strip(): row[name].strip() for _, row in rows if row.get(name)}


def read_ids(path: Path) -> list[str]:
    """The video ids of a table whose header names them, each once, in its order."""
    return list(
        dict.fromkeys(_clip_id(row["video_id"], path, line) for line, row in _records(path, ("video_id",)))
    )


def read_header(path: Path) -> list[str]:
    """The names of a table's columns."""
    return next(([name.strip() for name in row] for _, row in rows_of(path) if any(row)), [])


def read_glosses(path: Path) -> dict[str, Gloss]:
    """Glosses by video id of a gloss.csv; tokens and labels are parted by blanks (labels by commas too)."""
    glosses: dict[str, Gloss] = {}
    for line, row in _records(path, ("video_id", "gloss", "ctc_labels")):
        clip_id = _clip_id(row["video_id"], path, line)
        gloss = gloss_of(row, f"{path.name} line {line}")
        if glosses.setdefault(clip_id, gloss) != gloss:
            raise DataError(f'{path.name} line {line}: "{clip_id}" has other glosses above; keep one row')
    return glosses


def gloss_names(glosses: Mapping[str, Gloss]) -> list[str]:
    """The gloss of every label; 0 is the CTC blank, and a label that no clip uses is called by its number."""
    names: dict[int, str] = {}
    for clip_id, gloss in glosses.items():
        for token, label in zip(gloss.tokens, gloss.labels, strict=True):
            if names.setdefault(label, token) != token:
                both = f'"{names[label]}" and, in "{clip_id}", "{token}"'
                raise DataError(f"gloss.csv: label {label} is {both}; give each gloss its own")
    return [BLANK, *(names.get(label, f"<{label}>") for label in range(1, max(names, default=0) + 1))]


def gloss_of(row: Mapping[str, str], where: str) -> Gloss:
    """The glosses of a row of gloss.csv; ``where`` begins what a DataError says."""
    if not _LABELS.fullmatch(row["ctc_labels"].strip()):
        raise DataError(
            f'{where}: ctc_labels "{row["ctc_labels"]}" are not whole numbers; write them as 3 1 2'
        )
    tokens = tuple(unicodedata.normalize("NFC", row["gloss"]).split())
    labels = tuple(int(label) for label in re.findall(r"\d+", row["ctc_labels"]))
    if 0 in labels:
        raise DataError(f"{where}: label 0 is the CTC blank; number the glosses from 1")
    if max(labels, default=0) > 1_000_000:
        raise DataError(f"{where}: label {max(labels)} is too large; number the glosses from 1 without gaps")
    if len(tokens) != len(labels):
        raise DataError(f"{where}: {len(tokens)} glosses but {len(labels)} labels; each gloss needs one")
    return Gloss(tokens, labels)


def id_fault(clip_id: str) -> str | None:
    """Why that cannot be a video_id, which is a part of files' names and a line of an index; None where it can."""
    if not clip_id or clip_id in (".", "..") or any(char in "/\\" or ord(char) < 32 for char in clip_id):
        return "cannot be a video_id"
    if clip_id != clip_id.strip():
        return "cannot be a video_id with blanks around it"
    if len(os.fsencode(clip_id)) > LONGEST_ID:
        return f"cannot be a video_id longer than {LONGEST_ID} bytes"
    return None


def _clip_id(field: str, path: Path, line: int) -> str:
    clip_id = field.strip()
    if fault := id_fault(clip_id):
        raise DataError(f'{path.name} line {line}: "{clip_id}" {fault}; it names files')
    return clip_id


def _records(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and fields of every row; a header names the columns."""
    rows = ((line, row) for line, row in rows_of(path) if any(field.strip() for field in row))
    _, header = next(rows, (0, []))
    columns = [name.strip() for name in header]
    if missing := [name for name in needed if name not in columns]:
        raise DataError(
            f'{path}: has no column "{missing[0]}" but {columns}; its first line must name the columns'
        )
    for line, row in rows:
        few = len(row) < max(columns.index(name) for name in needed) + 1
        if few or any(field.strip() for field in row[len(columns) :]):
            raise DataError(
                f"{path.name} line {line}: {len(row)} fields, {len(columns)} expected; quote a field with ;"
            )
        yield line, dict(zip(columns, row, strict=False))


def rows_of(path: Path, *, delimiters: str = ";,\t", quoted: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of every row, blank ones too. Raises DataError where the file stops being a CSV.

    Of ``delimiters`` the one is taken that the first line has most of. ``quoted`` False takes quotation marks as they
    are.
    """
    line = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = max(delimiters, key=file.readline().count)
            file.seek(0)
            reader = csv.reader(
                file,
                delimiter=delimiter,
                quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
                strict=True,
            )
            for row in reader:
                line = reader.line_num
                yield line, row
    except OSError as fault:
        raise DataError(f"{path}: cannot be read ({fault.strerror}); check the path") from fault
    except UnicodeDecodeError as fault:
        raise DataError(f"{path}: is not UTF-8 (byte {fault.start}); save it as UTF-8") from fault
    except csv.Error as fault:
        raise DataError(
            f"{path}: is not a CSV file after line {line} ({fault}); close every quoted field"
        ) from fault
