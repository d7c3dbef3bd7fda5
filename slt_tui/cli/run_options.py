"""What every command about runs takes: the runs, where they are looked for, --json."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slt_engine.run.directory import RunDir, find_run, list_runs
from slt_tui.roots import roots


def complete_run(incomplete: str) -> list[str]:
    """The runs' names that begin so."""
    return [run.name for run in list_runs(roots()) if run.name.startswith(incomplete)]


def find_runs(names: list[str], root: list[Path] | None) -> list[RunDir]:
    """The runs that ``names`` mean, each once. Raises RunError."""
    found = [find_run(name, roots(root)) for name in names]
    return list({run.path.resolve(): run for run in found}.values())


def find_numbers(name: str, root: list[Path] | None) -> RunDir:
    """A run, or a file of any program that numbers can be read from. Raises RunError."""
    path = Path(name)
    return RunDir(path) if path.is_file() else find_run(name, roots(root))


def find_all_numbers(names: list[str], root: list[Path] | None) -> list[RunDir]:
    """Runs and other programs' files, each once. Raises RunError."""
    found = [find_numbers(name, root) for name in names]
    return list({run.path.resolve(): run for run in found}.values())


Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A run's path, or its name under a root.", autocompletion=complete_run
    ),
]
Runs = Annotated[
    list[str],
    typer.Argument(metavar="RUN...", help="Runs, by path or name.", autocompletion=complete_run),
]
Numbers = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN...",
        help="Runs, by path or name, or files: metrics.jsonl, trainer_state.json.",
        autocompletion=complete_run,
    ),
]
Root = Annotated[
    list[Path] | None,
    typer.Option(
        "--root",
        metavar="DIR",
        help="Where runs are looked for; may be given several times.",
        show_default="SLT_ROOTS, else work_dirs",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")]
