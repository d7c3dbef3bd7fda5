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
from slt_engine.config.home import expanded
from slt_engine.config.notices import list_notices
from slt_engine.config.presets import preset_names
from slt_engine.config.reference import TYPED_ONLY
from slt_tui.cli.flags import escape, takes_knobs
from slt_tui.cli.output import answer, answer_json, fail, talk

if TYPE_CHECKING:
    from slt_engine.run.directory import RunDir

HELP = {row["flag"]: escape(row["help"]) for row in TYPED_ONLY}
SOURCES = "Sources"

SettingsFile = Annotated[
    Path | None, typer.Option("--config", help=HELP["--config"], metavar="FILE", rich_help_panel=SOURCES)
]
PresetName = Annotated[
    str | None,
    typer.Option(
        "--decoder-preset",
        help=HELP["--decoder-preset"],
        metavar="PRESET",
        rich_help_panel=SOURCES,
        autocompletion=preset_names,
    ),
]
Pairs = Annotated[
    list[str] | None,
    typer.Option("--set", help=HELP["--set"], metavar="KEY=VALUE", rich_help_panel=SOURCES),
]

app = typer.Typer()


@app.command("train")
@takes_knobs
def train(
    typed: Mapping[str, Any],
    config: SettingsFile = None,
    decoder_preset: PresetName = None,
    pairs: Pairs = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume/--no-resume", help=HELP["--resume/--no-resume"], metavar="", show_default=False
        ),
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return at once; the run goes on by itself.", metavar="")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Start nothing: load a batch and tell parameters, memory and time per step.",
            metavar="",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what --dry-run tells as JSON.", metavar="")
    ] = False,
) -> None:
    """Start a run, in front or detached, or resume one.

    Settings add up: defaults, then --decoder-preset, then --config, then flags, then --set.
    """
    layers = gather_layers(decoder_preset, config, typed, pairs or [])
    if as_json and not dry_run:
        raise ConfigError(["--json: goes with --dry-run; `slt runs show RUN --json` tells about a run"])
    if dry_run and resume:
        raise ConfigError(["--dry-run: tries a new run; leave out --resume"])
    if dry_run:
        try_run(layers, as_json=as_json)
    elif resume:
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


def try_run(layers: list[Layer], *, as_json: bool) -> None:
    """Tells what a run with these settings would take, and leaves nothing behind."""
    resolved = resolve(layers, command=command_line())
    for notice in list_notices(resolved):
        talk(notice)
    from slt_tui.dry_run import DryRun, DryRunError, report_rows

    try:
        report = DryRun(resolved).report(talk)
    except DryRunError as error:
        raise typer.Exit(fail(error.problems, code=error.code)) from None
    if as_json:
        answer_json(report)
        return
    rows = report_rows(report)
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        answer(f"{name:<{width}}  {text}")


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
    return expanded(str(named[-1]))
