"""`slt presets ls|show|check`: the presets that ship with the project, or any preset file."""

from __future__ import annotations

from typing import Annotated

import typer

from slt_engine.config import ConfigError, Preset, list_presets, load_preset
from slt_engine.config.presets import check_preset, preset_names
from slt_tui.cli.output import answer, answer_json, answer_table, talk

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
        {"name": preset.name, "title": preset.title, "source": preset.source} for preset in list_presets()
    ]
    answer_table(rows, ("name", "title", "source"), as_json)


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
