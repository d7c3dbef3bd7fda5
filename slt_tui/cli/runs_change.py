"""`slt runs tag|kill|rm|import`: what is done to runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from slt_engine.run.directory import RunDir, RunError
from slt_tui.cli.light import LightCommand
from slt_tui.cli.output import answer, answer_table, talk
from slt_tui.cli.run_options import Json, Root, Runs, find_runs
from slt_tui.roots import roots


def add_to(app: typer.Typer) -> None:
    """Give the group these commands."""
    app.command("tag", cls=LightCommand)(tag)
    app.command("kill", cls=LightCommand)(kill)
    app.command("rm", cls=LightCommand)(rm)
    app.command("import", cls=LightCommand)(import_)


def tag(
    names: Runs,
    root: Root = None,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", "-a", metavar="TAG", help="A tag to add; may be given several times."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", "-r", metavar="TAG", help="A tag to take away; may be given several times."),
    ] = None,
    note: Annotated[
        str | None,
        typer.Option("--note", metavar="TEXT", help="A note in place of the old; '' takes it away."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Add and take away tags, write a note; then, or where nothing is asked for, print what is noted."""
    from slt_engine.run.notes import checked_tag, read_notes
    from slt_tui.operations import change_notes

    found = find_runs(names, root)
    for word in add or ():
        checked_tag(word)
    if add or remove or note is not None:
        for run in found:
            change_notes(run, add=add or (), remove=remove or (), note=note)
    rows = [
        {"name": run.name, "path": str(run.path), "tags": list(notes.tags), "note": notes.note}
        for run, notes in ((run, read_notes(run)) for run in found)
    ]
    if not as_json:
        rows = [{**row, "tags": " ".join(row["tags"])} for row in rows]
    columns = ("name", "path", "tags", "note") if as_json else ("name", "tags", "note")
    answer_table(rows, columns, as_json)


def kill(
    names: Runs,
    root: Root = None,
    grace_s: Annotated[
        float,
        typer.Option("--grace", metavar="SECONDS", min=0, help="How long SIGINT and SIGTERM are given each."),
    ] = 2.0,
) -> None:
    """End runs by SIGINT, SIGTERM and SIGKILL; a checkpoint that is being written is waited for.

    `slt runs stop` is the gentle way, which loses nothing.
    """
    from slt_tui import operations

    failed = False
    for run in find_runs(names, root):
        if not operations.is_at_work(run):
            talk(f"{run.path}: not at work, nothing to kill")
            continue
        try:
            talk(operations.kill(run, grace_s=grace_s, tell=talk))
        except RunError as error:
            failed = True
            talk(str(error))
    raise typer.Exit(1 if failed else 0)


def rm(
    names: Runs,
    root: Root = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", metavar="", help="Do not ask.")] = False,
) -> None:
    """Delete runs, checkpoints and all. A run at work is refused, and so is what no run wrote."""
    from slt_tui import operations
    from slt_tui.removal import refuse_removal

    found = find_runs(names, root)
    for run in found:
        refuse_removal(run)
        operations.refuse_at_work(run)
    if not yes and not _is_sure(found):
        talk("nothing was removed")
        raise typer.Exit(1)
    for run in found:
        talk(operations.remove(run))


def import_(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="A metrics.jsonl, a Hugging Face trainer_state.json, a directory with either, or a bundle.",
        ),
    ],
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="What to call the run; else as its source is."),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(
            "--root",
            metavar="DIR",
            help="Where to put it.",
            show_default="the first of SLT_ROOTS, else work_dirs",
        ),
    ] = None,
) -> None:
    """Make a run's directory out of another program's numbers, or out of a bundle, and print its path."""
    from slt_tui.operations import import_runs

    for run, line in import_runs(source, root or roots()[0], name):
        talk(line)
        answer(str(run.path))


def _is_sure(runs: Sequence[RunDir]) -> bool:
    """Ask. Raises RunError where nobody can answer."""
    from slt_tui.readable import size
    from slt_tui.removal import size_of

    if not sys.stdin.isatty():
        raise RunError("nothing was removed: without a terminal to ask on, --yes is needed")
    sizes = [size_of(run) for run in runs]
    for run, amount in zip(runs, sizes, strict=True):
        talk(f"{run.path}  {size(amount)}")
    what = "this run" if len(runs) == 1 else f"these {len(runs)} runs"
    return typer.confirm(f"Remove {what} ({size(sum(sizes))}) for good?", err=True)
