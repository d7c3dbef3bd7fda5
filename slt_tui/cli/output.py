"""How commands speak: the answer on stdout, the talk on stderr, the truth in the exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def answer(text: str) -> None:
    """Prints the answer, or a line of it."""
    sys.stdout.write(f"{text}\n")


def answer_json(value: Any) -> None:
    """Prints the answer as JSON."""
    answer(json.dumps(value, indent=2, ensure_ascii=False))


def answer_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], as_json: bool = False) -> None:
    """Prints rows as JSON, as a table on a terminal, or as tab-separated lines into a pipe."""
    if as_json:
        answer_json([{column: row.get(column) for column in columns} for row in rows])
    elif sys.stdout.isatty():
        _print_table(rows, columns)
    else:
        for line in ([*columns], *([_cell(row.get(column)) for column in columns] for row in rows)):
            answer("\t".join(line))


def talk(message: str) -> None:
    """Says something that is not the answer."""
    sys.stderr.write(f"{message}\n")


def fail(problems: Iterable[str], code: int) -> int:
    """Says what is wrong, one line each, and gives the exit code to leave with."""
    for problem in problems:
        talk(problem)
    return code


def problems_of(error: Exception) -> list[str] | None:
    """The lines of an error that is the user's to mend; None for one of ours."""
    from slt_engine.config.errors import ConfigError
    from slt_engine.run.directory import RunError

    if isinstance(error, ConfigError):
        return error.problems
    if isinstance(error, PermissionError) and error.filename:
        return [f"{error.filename}: {error.strerror}; look at the rights of the file and of its directory"]
    return [str(error)] if isinstance(error, RunError) else None


def _print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_cell(row.get(column))) for column in columns))
    Console().print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)
