"""`slt presets ls|show|save|check`: the presets that ship with the project, the user's own, or any preset file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from slt_engine.config import ConfigError, Layer, Preset, list_presets, load_preset
from slt_engine.config.presets import check_preset, preset_names
from slt_tui.cli.flags import takes_knobs
from slt_tui.cli.output import answer, answer_json, answer_table, talk
from slt_tui.cli.train import Pairs, PresetName, SettingsFile, gather_layers

app = typer.Typer(help="Presets: settings that belong together, under a name.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")]
Name = Annotated[
    str,
    typer.Argument(
        help="Preset, by name or path to its file.", metavar="PRESET", autocompletion=preset_names
    ),
]


@app.command("ls")
def ls(as_json: Json = False) -> None:
    """List the presets."""
    rows = [
        {
            "name": preset.name,
            "title": preset.title,
            "source": preset.source,
            "from": "shipped" if preset.ships else str(preset.path),
        }
        for preset in list_presets()
    ]
    answer_table(rows, ("name", "title", "source", "from"), as_json)


@app.command("show")
def show(name: Name, as_json: Json = False) -> None:
    """Show what a preset says about itself and what it sets."""
    preset = load_preset(name)
    if as_json:
        answer_json(describe(preset))
        return
    answer(
        f"{preset.name}: {preset.title}\n{preset.description}\nsource: {preset.source}\nfile: {preset.path}\n"
    )
    width = max(map(len, preset.layer.values), default=0)
    for key, value in preset.layer.values.items():
        answer(f"{key:<{width}}  {value}")


@app.command("save")
@takes_knobs
def save(
    typed: Mapping[str, Any],
    name: Annotated[str, typer.Argument(help="What to call it.", metavar="NAME")],
    run: Annotated[
        str | None, typer.Option("--from", help="The settings of this run.", metavar="RUN")
    ] = None,
    config: SettingsFile = None,
    decoder_preset: PresetName = None,
    pairs: Pairs = None,
    title: Annotated[str, typer.Option(help="What it is, in a few words.", metavar="TEXT")] = "",
    description: Annotated[str, typer.Option(help="What it is for.", metavar="TEXT")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the one of that name.", metavar="")] = False,
) -> None:
    """Save settings as a preset of your own.

    From a run, a preset, a config file, flags and --set, as in slt train. The run's own directory is left out.
    """
    from slt_engine.config.saving import save_preset

    layers = [*([_run_layer(run)] if run else []), *gather_layers(decoder_preset, config, typed, pairs or [])]
    if not layers:
        raise ConfigError(["nothing to save; give --from RUN, --config FILE, --decoder-preset or flags"])
    answer(str(save_preset(name, layers, title=title, description=description, replace=force)))


def _run_layer(name: str) -> Layer:
    """A run's settings, its paths read against the directory it was asked in."""
    from slt_engine.config import config_from_document
    from slt_engine.run.directory import find_run
    from slt_tui.roots import roots

    run = find_run(name, roots())
    return Layer(f"--from {name}", config_from_document(run.read_config()).values())


@app.command("check")
def check(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Presets, by name or path; all when not given.", metavar="[PRESET]..."),
    ] = None,
) -> None:
    """Check that presets resolve: every key known, every value in range, every rule kept."""
    checked = names or preset_names()
    problems = [problem for name in checked for problem in check_preset(name)]
    if problems:
        raise ConfigError(problems)
    talk(f"checked, all sound: {', '.join(checked)}")


def describe(preset: Preset) -> dict[str, object]:
    """A preset as JSON shows it."""
    return {
        "name": preset.name,
        "title": preset.title,
        "description": preset.description,
        "source": preset.source,
        "path": str(preset.path),
        "values": dict(preset.layer.values),
    }
