"""`slt open`: the full-screen app, on a run if one is named. `slt` alone is the same."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from slt_engine.run.directory import RunError, find_run
from slt_tui.cli.light import LightCommand
from slt_tui.roots import roots
from slt_tui.terminal import has_unicode

app = typer.Typer()


class WorkbenchAsked(Exception):  # noqa: N818 - no error: the command line knows no textual, and hands over
    """The app is wanted: on these roots, in ASCII or not, on a run or on the list of all."""

    def __init__(self, wish: Wish) -> None:
        super().__init__()
        self.wish = wish


class Wish(NamedTuple):
    """What the app is to show."""

    roots: Sequence[Path]
    plain: bool
    path: Path | None = None


@app.command("open", cls=LightCommand)
def open_workbench(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="A run's name or path, or any directory with a metrics.jsonl."),
    ] = None,
    root: Annotated[
        list[Path] | None,
        typer.Option(
            "--root",
            metavar="DIR",
            help="Where runs are looked for; may be given several times.",
            show_default="SLT_ROOTS, else work_dirs",
        ),
    ] = None,
    ascii_only: Annotated[
        bool,
        typer.Option(
            "--ascii", metavar="", help="Draw in ASCII; SLT_ASCII=1 and a terminal without UTF-8 do so too."
        ),
    ] = False,
) -> None:
    """Open the full-screen app; `slt` alone does so too."""
    ask_for_workbench(roots(root), plain=ascii_only, name=name)


def ask_for_workbench(where: Sequence[Path], *, plain: bool = False, name: str | None = None) -> None:
    """Hand over to the app. Raises RunError where there is no terminal or no such run."""
    if not is_interactive():
        raise RunError("slt open: needs a terminal; `slt runs ls` and `slt --help` work without one")
    plain = plain or bool(os.environ.get("SLT_ASCII")) or not has_unicode(sys.__stderr__ or sys.stderr)
    raise WorkbenchAsked(Wish(where, plain, _path_of(name, where) if name else None))


def is_interactive() -> bool:
    """Whether there is a terminal at both ends that can be drawn on."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _path_of(name: str, where: Sequence[Path]) -> Path:
    """What is there opens, ours or not; a name is looked for under the roots."""
    return Path(name) if Path(name).exists() else find_run(name, where).path
