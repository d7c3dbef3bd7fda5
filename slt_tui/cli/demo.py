"""`slt demo`: from nothing to translations of unseen words, on real signing."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from slt_engine.config import load_config_document, preset_layer, resolve, set_layers
from slt_engine.run.directory import RunDir, RunError, find_run
from slt_tui.cli.eval import read_report, score_run
from slt_tui.cli.output import answer, talk
from slt_tui.roots import roots

app = typer.Typer()

SHOWN = 12  # words in the table of translations
SPLITS = {
    "test": "unseen words",
    "unseen": "unseen words in an alphabet that was never trained on",
}


@app.command("demo")
def demo(
    data_dir: Annotated[
        Path, typer.Option(help="Where the data set is built, or found.", metavar="DIR")
    ] = Path("data/demo"),
    work_dir: Annotated[
        Path,
        typer.Option(help="Where the run goes; a free name beside it where there is one.", metavar="DIR"),
    ] = Path("work_dirs/demo"),
    pairs: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting to change, such as training.epochs=4."),
    ] = None,
    show: Annotated[
        str | None, typer.Option(help="Show again what a run of the demo learned.", metavar="RUN")
    ] = None,
) -> None:
    """Train on real signing from nothing and show the translations.

    Builds a data set of Spanish words fingerspelled with real recordings, trains the preset demo on it, draws the
    curves and translates words that were never trained on.
    """
    if show is not None:
        show_run(find_run(show, roots()))
        return
    talk("1/4  the data set: real fingerspelling, one recording a letter and alphabet")
    build_data(data_dir)
    run = free_directory(work_dir)
    talk(f"2/4  the training: preset demo, run {run.path}")
    train(data_dir, run, pairs or [])
    talk("3/4  scoring words that were never trained on")
    indexes = [data_dir / "index" / f"{split}.csv" for split in SPLITS]
    leave_unless_done(score_run(run, indexes, checkpoint="best"))
    talk("4/4  what it learned")
    show_run(run)
    talk(f"\nall about the run: slt runs show {run.path}   its curves again: slt runs plot {run.path}")


def build_data(data_dir: Path) -> None:
    """Build the data set, or find it complete; its summary is for `slt data demo`."""
    import subprocess

    from slt_tui.launch import run_engine

    leave_unless_done(run_engine(["demo-data", "--", str(data_dir)], stdout=subprocess.DEVNULL))


def train(data_dir: Path, run: RunDir, pairs: list[str]) -> None:
    """Train the preset on the data set, with live progress."""
    from slt_tui.cli.progress import follow
    from slt_tui.launch import launch, resume

    config, settings = data_dir / "demo.yaml", [*pairs, f"data.work_dir={run.path}"]
    layers = [preset_layer("demo"), load_config_document(config), *set_layers(settings)]
    words = ["slt", "train", "--decoder-preset", "demo", "--config", str(config)]
    command = shlex.join([*words, *(word for pair in settings for word in ("--set", pair))])
    began = time.monotonic()
    if is_interrupted(run):
        code = follow(resume(run.path, [], command=f"slt runs resume {run.path}"))
    else:
        code = follow(launch(resolve(layers, command=command)))
    if code or not run.best.is_file():
        talk("the demo ends here; the same command goes on with it")
        raise typer.Exit(code or 1)
    talk(f"     trained in {time.monotonic() - began:.0f} s")


def free_directory(work_dir: Path) -> RunDir:
    """``work_dir``, or the first of work_dir-2, work_dir-3, ... that is free or holds a demo to go on with."""
    run, number = RunDir(work_dir), 1
    while run.holds_run() and not is_interrupted(run):
        number += 1
        run = RunDir(work_dir.with_name(f"{work_dir.name}-{number}"))
    return run


def is_interrupted(run: RunDir) -> bool:
    """Whether a run was stopped, killed or failed and has a checkpoint to go on from."""
    from slt_engine.run.standing import standing

    return run.last.is_file() and standing(run).state in ("stopped", "failed", "lost")


def show_run(run: RunDir) -> None:
    """Curves, translations and scores of a run that was scored. Raises RunError for one that was not."""
    missing = [split for split in SPLITS if not (run.evals / f"{split}.json").is_file()]
    if missing:
        raise RunError(
            f"{run.evals}: no {missing[0]}.json; `slt eval {run.path} --index {missing[0]}.csv` makes it"
        )
    reports = {split: read_report(run.evals / f"{split}.json") for split in SPLITS}
    show_curves(run)
    show_translations(reports["test"])
    show_scores({words: reports[split] for split, words in SPLITS.items()})


def show_curves(run: RunDir) -> None:
    """The losses and the error rate, epoch by epoch."""
    from slt_tui.cli.curves import draw_run
    from slt_tui.cli.plot_text import Paper

    answer("")
    answer(draw_run(run, Paper.of(sys.stdout, height=12), metrics=["loss", "cer"]))


def show_translations(report: dict[str, Any]) -> None:
    """Unseen words: what was signed, what the decoder wrote, what the CTC head read."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table("signed", "decoder", "CTC head", "alphabet", box=SIMPLE_HEAD, pad_edge=False)
    for row in report["translations"][:SHOWN]:
        word, read = row["reference"], "".join(row["gloss_hypothesis"]).lower()
        table.add_row(
            word, marked(row["hypothesis"], word), marked(read, word), row["clip_id"].partition("_")[0]
        )
    answer("\nwords that were never trained on (differences in red)")
    Console(highlight=False).print(table)


def show_scores(reports: dict[str, dict[str, Any]]) -> None:
    """Error rates of the decoder and of the CTC head on each split."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("scored on")
    for name in ("clips", "CER decoder", "CER CTC head", "WER decoder"):
        table.add_column(name, justify="right")
    for words, report in reports.items():
        scores = report["scores"]
        rates = (scores["cer"], scores["gloss_wer"], scores["wer"])
        table.add_row(words, str(report["clips"]), *(f"{100 * rate:.1f} %" for rate in rates))
    Console(highlight=False).print(table)


def marked(text: str, reference: str) -> Any:
    """``text`` with what differs from ``reference`` in red, and a red dot where a letter is lacking."""
    import difflib

    from rich.text import Text

    shown = Text()
    for what, start, end, left, right in difflib.SequenceMatcher(
        a=reference, b=text, autojunk=False
    ).get_opcodes():
        if what == "equal":
            shown.append(text[left:right])
        else:
            shown.append(text[left:right] or "·" * (end - start), style="bold red")
    return shown


def leave_unless_done(code: int) -> None:
    """Leave with an engine command's exit code unless it is 0."""
    if code:
        raise typer.Exit(code)
