"""`slt eval`: scores a run's checkpoint on lists of clips, in an engine process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from slt_engine.config import Resolved, config_from_document, flag_layers
from slt_engine.config.notices import find_notices
from slt_engine.config.perturbation import PERTURBING, perturb, perturbation, report_name
from slt_engine.config.texts import text_of
from slt_engine.run.directory import RunDir, find_run
from slt_engine.run.files import read_json
from slt_tui.cli.flags import takes_some_knobs
from slt_tui.cli.output import answer_json, answer_table, fail, talk
from slt_tui.roots import roots

app = typer.Typer()

SCORES = ("cer", "wer", "bleu", "chrf", "gloss_wer")
COLUMNS = ("index", "clips", *SCORES, "epoch")


class Checkpoint(StrEnum):
    """Which of a run's checkpoints is meant."""

    BEST = "best"
    LAST = "last"


@app.command("eval")
@takes_some_knobs(*PERTURBING, panel="Perturbation, as in training")
def evaluate(
    typed: Mapping[str, Any],
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's directory, or its name under a root.")],
    index: Annotated[
        list[Path] | None,
        typer.Option(
            help="List of video_id; may be repeated.", metavar="FILE", show_default="the run's val_index"
        ),
    ] = None,
    checkpoint: Annotated[Checkpoint, typer.Option(help="Which weights.")] = Checkpoint.BEST,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, translations included.", metavar="")
    ] = False,
) -> None:
    """Score a run's checkpoint on an index of clips; eval/ in its directory keeps scores and translations."""
    directory = find_run(run, roots())
    indexes = index or [val_index(directory)]
    missing = [path for path in indexes if not path.is_file()]
    if missing:
        raise typer.Exit(fail([f"--index {path}: no such file" for path in missing], code=2))
    stems = [path.stem for path in indexes]
    if len(set(stems)) < len(stems):
        raise typer.Exit(fail(["--index: two files of one name would share one result; rename one"], code=2))
    weights = directory.best if checkpoint is Checkpoint.BEST else directory.last
    if not weights.is_file():
        other = "; --checkpoint last takes the last one" if directory.last.is_file() else ""
        raise typer.Exit(fail([f"{weights}: no such checkpoint yet{other}"], code=2))
    perturbed = perturb(config_from_document(directory.read_config()), flag_layers(typed))
    talk(f"scoring {weights} on {', '.join(map(str, indexes))}{describe_perturbation(perturbed)}")
    for notice in find_notices(perturbed):
        if notice.key in typed:
            talk(f"note: {notice}")
    code = score_run(directory, indexes, checkpoint=checkpoint.value, typed=typed)
    if code:
        raise typer.Exit(code)
    files = [directory.evals / report_name(path.stem, perturbed.config) for path in indexes]
    reports = [read_report(file) for file in files]
    if as_json:
        answer_json(reports)
        return
    answer_table([row_of(report) for report in reports], COLUMNS)
    for file in files:
        talk(f"translations: {file}")


def describe_perturbation(perturbed: Resolved) -> str:
    """What was done to the clips, for a line that tells what is scored; empty for nothing."""
    changes = perturbation(perturbed.config)
    if changes is None:
        return ""
    return ", perturbed by " + ", ".join(f"{name} {text_of(value)}" for name, value in changes.items())


def score_run(
    run: RunDir, indexes: list[Path], *, checkpoint: str, typed: Mapping[str, Any] = MappingProxyType({})
) -> int:
    """Run the engine's evaluation; its exit code."""
    from slt_tui.launch import run_engine

    words = [word for path in indexes for word in ("--index", str(path))]
    words += [word for key, value in typed.items() for word in ("--perturb", f"{key}={text_of(value)}")]
    return run_engine(["evaluate", *words, "--checkpoint", checkpoint, "--", str(run.path)])


def read_report(file: Path) -> dict[str, Any]:
    """What the engine left of an evaluation."""
    report = read_json(file)
    assert isinstance(report, dict), "the engine ended well and left no report"
    return report


def row_of(report: dict[str, Any]) -> dict[str, Any]:
    """A report as a row of the table."""
    names = ("clips", "epoch")
    perturbed = " (perturbed)" if report["perturbation"] else ""
    return {
        "index": f"{Path(report['index']).name}{perturbed}",
        **report["scores"],
        **{name: report[name] for name in names},
    }


def val_index(run: RunDir) -> Path:
    """The list that the run was validated on, as its settings say."""
    document = run.read_config()
    cwd = Path((document.get("about") or {}).get("cwd", "."))
    return cwd / str(document["data"]["val_index"])
