"""`slt runs export`: runs' numbers as a table, or their records as a bundle."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from slt_engine.run.directory import RunDir, RunError
from slt_tui.cli.light import LightCommand
from slt_tui.cli.output import talk
from slt_tui.cli.run_options import Numbers, Root, find_all_numbers

if TYPE_CHECKING:
    from slt_engine.run.record import Row

Grain = Literal["epoch", "step"]


def add_to(app: typer.Typer) -> None:
    """Give the group this command."""
    app.command("export", cls=LightCommand)(export)


def export(
    names: Numbers,
    root: Root = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Where to: .csv, .json, .jsonl or .md.", show_default="stdout"
        ),
    ] = None,
    form: Annotated[
        Literal["csv", "json", "jsonl", "md"] | None,
        typer.Option("--format", help="What to write.", show_default="as the file is called, else csv"),
    ] = None,
    grain: Annotated[
        Grain | None,
        typer.Option(
            "--grain", help="What has a row.", show_default="epoch, or step where there are no epochs"
        ),
    ] = None,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric", metavar="NAME", help="Only this, as in cer or val.cer; may be given several times."
        ),
    ] = None,
    wide: Annotated[
        bool, typer.Option("--wide", metavar="", help="A row an epoch or step, not a row a value.")
    ] = False,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="FILE", help="The whole record of the runs as a .tar.gz instead."),
    ] = None,
    with_checkpoints: Annotated[
        bool,
        typer.Option("--with-checkpoints", metavar="", help="last.pt and best.pt go into the bundle too."),
    ] = False,
) -> None:
    """Write runs' numbers as a table, or their records as a bundle that `slt runs import` takes."""
    found = find_all_numbers(names, root)
    if bundle:
        if out or form or grain or metrics or wide:
            raise RunError(
                "--bundle: excludes the options of a table (--out, --format, --grain, --metric, --wide)"
            )
        _write_bundle(found, bundle, with_checkpoints=with_checkpoints)
        return
    if with_checkpoints:
        raise RunError("--with-checkpoints: goes with --bundle only")
    from slt_tui.exporting import long_rows

    rows = _rows_of(found, grain, metrics or ())
    _write_table(rows if wide else list(long_rows(rows)), out, form)


def _rows_of(runs: Sequence[RunDir], grain: Grain | None, metrics: Sequence[str]) -> list[Row]:
    from slt_tui.comparison.labels import labels
    from slt_tui.exporting import wide_rows

    called = labels([run.path for run in runs])
    return [
        row
        for run, name in zip(runs, called, strict=True)
        for row in wide_rows(run.path, name, grain, metrics)
    ]


def _write_table(table: Sequence[Row], out: Path | None, form: str | None) -> None:
    from slt_tui.exporting import kind_of, write_table

    kind = form or (kind_of(out) if out else "csv")
    if out is None:
        write_table(table, sys.stdout, kind)
        return
    text = io.StringIO()
    write_table(table, text, kind)
    _replace(out, text.getvalue().encode())
    talk(f"{out}: {len(table):,} rows")


def _write_bundle(runs: list[RunDir], path: Path, *, with_checkpoints: bool) -> None:
    from slt_tui.bundle import pack
    from slt_tui.readable import size

    if not path.name.endswith((".tar.gz", ".tgz")):
        raise RunError(f"--bundle {path}: a bundle's name ends in .tar.gz")
    for run in runs:
        RunDir.open(run.path)
        run.read_config()
    try:
        count = pack(runs, path, with_checkpoints=with_checkpoints)
    except OSError as refusal:
        raise RunError(f"{path}: cannot be written ({refusal.strerror})") from refusal
    talk(f"{path}: {count:,} files, {size(path.stat().st_size)}")


def _replace(path: Path, data: bytes) -> None:
    from slt_engine.run.files import replace_file

    try:
        replace_file(path, data)
    except OSError as refusal:
        raise RunError(f"{path}: cannot be written ({refusal.strerror})") from refusal
