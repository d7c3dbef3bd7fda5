"""`slt train`: settings from a preset, a file, flags and --set; one run from them, in front or detached."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slt_engine.config import (
    ConfigError,
    Layer,
    flag_layers,
    load_config_document,
    preset_layer,
    resolve,
    set_layers,
)
from slt_engine.config.notices import list_notices
from slt_engine.config.presets import preset_names
from slt_engine.config.reference import TYPED_ONLY
from slt_tui.cli.flags import escape, takes_knobs
from slt_tui.cli.output import answer, talk

if TYPE_CHECKING:
    from slt_engine.run.directory import RunDir

HELP = {row["flag"]: escape(row["help"]) for row in TYPED_ONLY}
SOURCES = "Sources"

app = typer.Typer()


@app.command("train")
@takes_knobs
def train(
    typed: Mapping[str, Any],
    config: Annotated[
        Path | None, typer.Option("--config", help=HELP["--config"], metavar="FILE", rich_help_panel=SOURCES)
    ] = None,
    decoder_preset: Annotated[
        str | None,
        typer.Option(
            "--decoder-preset",
            help=HELP["--decoder-preset"],
            metavar="PRESET",
            rich_help_panel=SOURCES,
            autocompletion=preset_names,
        ),
    ] = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option("--set", help=HELP["--set"], metavar="KEY=VALUE", rich_help_panel=SOURCES),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume/--no-resume", help=HELP["--resume/--no-resume"], metavar="", show_default=False
        ),
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return at once; the run goes on by itself.", metavar="")
    ] = False,
) -> None:
    """Start a run, in front or detached, or resume one.

    Settings add up: defaults, then --decoder-preset, then --config, then flags, then --set.
    """
    layers = gather_layers(decoder_preset, config, typed, pairs or [])
    if resume:
        resume_run(layers, detach=detach)
    else:
        start_run(layers, detach=detach)


def gather_layers(
    preset: str | None, config: Path | None, typed: Mapping[str, Any], pairs: list[str]
) -> list[Layer]:
    """What each source says, the strongest last."""
    return [
        *([preset_layer(preset)] if preset else []),
        *([load_config_document(config)] if config else []),
        *flag_layers(typed),
        *set_layers(pairs),
    ]


def start_run(layers: list[Layer], *, detach: bool) -> None:
    """Checks the settings and starts a run with them."""
    resolved = resolve(layers, command=command_line())
    for notice in list_notices(resolved):
        talk(notice)
    from slt_tui.launch import launch

    leave(launch(resolved), detach=detach)


def resume_run(layers: list[Layer], *, detach: bool) -> None:
    """Goes on with the run that the layers name."""
    path = named_run(layers)
    from slt_tui.launch import resume

    leave(resume(path, layers, command=command_line()), detach=detach)


def leave(run: RunDir, *, detach: bool) -> None:
    """Says where the run is and goes, or follows it and leaves with its exit code."""
    if detach:
        answer(str(run.path))
        return
    from slt_tui.cli.progress import follow

    raise typer.Exit(follow(run))


def command_line() -> str:
    """What was typed, as a shell would take it again."""
    return shlex.join(["slt", *sys.argv[1:]])


def named_run(layers: list[Layer]) -> Path:
    """The directory of the run to resume; raises ConfigError where none is named."""
    problems = [problem for layer in layers for problem in layer.problems]
    if problems:
        raise ConfigError(problems)
    named = [layer.values["data.work_dir"] for layer in layers if "data.work_dir" in layer.values]
    if not named:
        raise ConfigError(["--resume: data.work_dir: required; give --work-dir"])
    return Path(str(named[-1])).expanduser()
