"""Tables as they circulate: any of four delimiters, a header, rows of the wrong length told and not skipped."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.importers.imported import Dropped

_DELIMITERS = ("\t", "|", ";", ",")


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
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = max(_DELIMITERS, key=file.readline().count)
            file.seek(0)
            reader = csv.reader(
                file, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
            )
            columns = [name.strip() for name in next(reader, [])]
            _check_columns(path, columns, needed)
            for fields in reader:
                if any(field.strip() for field in fields):
                    yield _row(f"{path.name} line {reader.line_num}", columns, fields)
    except OSError as fault:
        raise DataError(f"{path}: cannot be read ({fault.strerror}); check the path") from fault
    except UnicodeDecodeError as fault:
        raise DataError(f"{path}: is not UTF-8 (byte {fault.start}); save it as UTF-8") from fault
    except csv.Error as fault:
        raise DataError(f"{path}: is not a table ({fault}); save it again from its source") from fault


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
