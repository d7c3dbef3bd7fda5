"""What a form begins from: read where it is known, asked for where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import App

from slt_engine.config import ConfigError
from slt_engine.run.directory import RunDir, RunError, list_runs
from slt_tui.form.origins import from_config, from_nothing, from_preset, from_run, with_work_dir
from slt_tui.form.paste import Pasted, read_pasted
from slt_tui.messages import Origin
from slt_tui.screens.dialogs import ChooseDialog, PathDialog
from slt_tui.screens.new_run.paste import PasteDialog


def read_origin(origin: Origin, root: Path) -> Pasted:
    """The form that begins so, its run under ``root``. Raises ConfigError, RunError."""
    if origin.command is not None:
        pasted = read_pasted(origin.command)
        return Pasted(with_work_dir(pasted.state, root), pasted.remarks)
    if origin.preset:
        return Pasted(from_preset(origin.preset, root))
    if origin.run:
        return Pasted(from_run(RunDir(origin.run)))
    return Pasted(from_config(origin.config, root) if origin.config else from_nothing(root))


def problems_of(error: ConfigError | RunError | OSError) -> list[str]:
    """What is wrong, one line each."""
    return error.problems if isinstance(error, ConfigError) else [str(error)]


async def ask_run(app: App[object], roots: Sequence[Path]) -> Origin | None:
    """One of the runs under ``roots``. Raises RunError where there is none."""
    options = [(str(run.path), str(run.path)) for run in list_runs(roots)]
    if not options:
        raise RunError(f"no runs under {', '.join(map(str, roots))} yet")
    chosen = await app.push_screen_wait(ChooseDialog("Clone which run?", options))
    return Origin(run=Path(chosen)) if chosen else None


async def ask_file(app: App[object], roots: Sequence[Path]) -> Origin | None:  # noqa: ARG001
    """A config file."""
    path = await app.push_screen_wait(PathDialog("Which file?", check=refuse_file))
    return Origin(config=path) if path else None


async def ask_paste(app: App[object], roots: Sequence[Path]) -> Origin | None:  # noqa: ARG001
    """A command line or a config, mended until it can be read."""
    text = await app.push_screen_wait(PasteDialog())
    return Origin(command=text) if text is not None else None


async def ask_nothing(app: App[object], roots: Sequence[Path]) -> Origin | None:  # noqa: ARG001
    """The defaults."""
    return Origin()


def refuse_file(path: Path) -> str:
    """What is wrong with a path that is to be a file."""
    return "" if path.is_file() else f"{path}: no such file"


ASK = {"clone": ask_run, "file": ask_file, "paste": ask_paste, "nothing": ask_nothing}
