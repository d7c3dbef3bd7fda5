"""`slt flags`: every setting with flag, key, kind, default and help; the JSON Schema of --config files."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from slt_engine.config.reference import COLUMNS, reference_rows, schema_text
from slt_tui.cli.output import answer_json, answer_table

app = typer.Typer()


@app.command("flags")
def flags(
    search: Annotated[str, typer.Argument(help="Show only flags whose name or help holds this text.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, with each flag's group.", metavar="")
    ] = False,
    schema: Annotated[
        bool,
        typer.Option("--schema", help="Print the JSON Schema of --config files and presets.", metavar=""),
    ] = False,
) -> None:
    """List every setting: flag, key, kind, default, help."""
    if schema:
        sys.stdout.write(schema_text())
        return
    rows = [
        row
        for row in reference_rows()
        if search.lower() in f"{row['flag']} {row['key']} {row['help']}".lower()
    ]
    if as_json:
        answer_json(rows)
    elif sys.stdout.isatty():
        show_entries(rows)
    else:
        answer_table(rows, COLUMNS)


def show_entries(rows: Sequence[Mapping[str, str]]) -> None:
    """Each flag with its key, kind and default, and its help below, as wide as the terminal."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    for row in rows:
        default = f"   default {row['default']}" if row["default"] else ""
        line = Text.assemble((row["flag"], "bold"), f"   {row['kind']}{default}   ", (row["key"], "dim"))
        console.print(line, Padding(Text(row["help"]), (0, 0, 0, 4)))
