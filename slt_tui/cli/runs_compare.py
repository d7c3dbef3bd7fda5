"""`slt runs compare|diff`: runs side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from slt_engine.run.directory import RunError
from slt_tui.cli.light import LightCommand
from slt_tui.cli.output import answer_json, talk
from slt_tui.cli.run_options import Json, Numbers, Root, Run, find_all_numbers, find_numbers


def add_to(app: typer.Typer) -> None:
    """Give the group these commands."""
    app.command("compare", cls=LightCommand)(compare)
    app.command("diff", cls=LightCommand)(diff)


def compare(
    names: Numbers,
    root: Root = None,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric", metavar="NAME", help="Only this, as in cer or val.cer; may be given several times."
        ),
    ] = None,
    at_step: Annotated[
        int | None, typer.Option("--at-step", metavar="N", min=0, help="The values at this step, too.")
    ] = None,
    at_epoch: Annotated[
        int | None, typer.Option("--at-epoch", metavar="N", min=0, help="The values at this epoch, too.")
    ] = None,
    translations: Annotated[
        bool,
        typer.Option(
            "--translations", metavar="", help="The same clips' translations, too; as of --at-epoch."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Hold runs against the first: last and best scores with differences, and the settings that differ."""
    from slt_tui.cli.compare_page import print_comparison, print_translations
    from slt_tui.comparison.document import as_document
    from slt_tui.comparison.document import compare as compare_runs
    from slt_tui.comparison.scores import At

    if at_step is not None and at_epoch is not None:
        raise RunError("--at-step and --at-epoch exclude each other")
    at = (
        At("step", at_step)
        if at_step is not None
        else At("epoch", at_epoch)
        if at_epoch is not None
        else None
    )
    found = find_all_numbers(names, root)
    if len(found) < 2:
        raise RunError("there are at least two runs to compare; name another")
    comparison = compare_runs([run.path for run in found], metrics=metrics or (), at=at)
    if as_json:
        answer_json(as_document(comparison))
    else:
        print_comparison(comparison, at)
        if translations:
            print_translations(comparison)


def diff(
    first: Run,
    second: Run,
    root: Root = None,
    everything: Annotated[
        bool, typer.Option("--all", metavar="", help="All settings, also those that are the same.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print the settings in which two runs differ, with versions, seed, commit and host."""
    from slt_tui.cli.compare_page import print_settings
    from slt_tui.comparison.document import read_document, settings_document
    from slt_tui.comparison.labels import labels
    from slt_tui.comparison.settings import all_settings, differing_settings

    paths = [find_numbers(name, root).path for name in (first, second)]
    documents = [read_document(path) for path in paths]
    for path, document in zip(paths, documents, strict=True):
        if not document:
            talk(f"{path}: no config.json that can be read, so nothing is known of its settings")
    settings = all_settings(documents) if everything else differing_settings(documents)
    if as_json:
        answer_json(settings_document(settings))
    elif settings:
        print_settings(labels(paths), settings)
    else:
        talk("no setting differs")
