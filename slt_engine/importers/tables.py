"""Tables as they circulate: any of four delimiters, a header, rows of the wrong length told and not skipped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import rows_of
from slt_engine.importers.imported import Dropped

_DELIMITERS = "\t|;,"


@dataclass(frozen=True)
class Row:
    """A row's fields by column, without blanks around them, in Unicode's composed form."""

    where: str
    fields: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.fields.get(column, "")


def read_table(path: Path, needed: Sequence[str], *, quoted: bool = True) -> Iterator[Row | Dropped]:
    """Every row of ``path``; one that does not fit the header is dropped. Raises DataError.

    ``quoted`` False takes quotation marks as they are: tables of subtitles hold stray ones.
    """
    rows = rows_of(path, delimiters=_DELIMITERS, quoted=quoted)
    columns = _columns(rows)
    _check_columns(path, columns, needed)
    for line, fields in rows:
        if any(field.strip() for field in fields):
            yield _row(f"{path.name} line {line}", columns, fields)


def read_header(path: Path) -> list[str]:
    """The names of a table's columns. Raises DataError."""
    return _columns(rows_of(path, delimiters=_DELIMITERS))


def _columns(rows: Iterator[tuple[int, list[str]]]) -> list[str]:
    _, header = next(rows, (0, []))
    return [name.strip() for name in header]


def _check_columns(path: Path, columns: Sequence[str], needed: Sequence[str]) -> None:
    if missing := [name for name in needed if name not in columns]:
        raise DataError(
            f'{path}: has no column "{missing[0]}" but {", ".join(columns) or "nothing"}; is it this kind of table?'
        )


def _row(where: str, columns: Sequence[str], fields: Sequence[str]) -> Row | Dropped:
    if len(fields) != len(columns):
        return Dropped(where, fields[0].strip(), f"{len(fields)} fields where the header has {len(columns)}")
    values = (unicodedata.normalize("NFC", value).strip() for value in fields)
    return Row(where, dict(zip(columns, values, strict=True)))
