"""`slt eval`: scores a run's checkpoint on lists of clips, in an engine process of its own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from slt_engine.run.directory import RunDir, find_run
from slt_engine.run.files import read_json
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
def evaluate(
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
    talk(f"scoring {weights} on {', '.join(map(str, indexes))}")
    code = score_run(directory, indexes, checkpoint=checkpoint.value)
    if code:
        raise typer.Exit(code)
    reports = [read_report(directory, path) for path in indexes]
    if as_json:
        answer_json(reports)
        return
    answer_table([row_of(report) for report in reports], COLUMNS)
    for path in indexes:
        talk(f"translations: {directory.evals / path.stem}.json")


def score_run(run: RunDir, indexes: list[Path], *, checkpoint: str) -> int:
    """Run the engine's evaluation; its exit code."""
    from slt_tui.launch import run_engine

    words = [word for path in indexes for word in ("--index", str(path))]
    return run_engine(["evaluate", *words, "--checkpoint", checkpoint, "--", str(run.path)])


def read_report(run: RunDir, index: Path) -> dict[str, Any]:
    """What the engine left of an evaluation on ``index``."""
    report = read_json(run.evals / f"{index.stem}.json")
    assert isinstance(report, dict), "the engine ended well and left no report"
    return report


def row_of(report: dict[str, Any]) -> dict[str, Any]:
    """A report as a row of the table."""
    names = ("clips", "epoch")
    return {"index": Path(report["index"]).name, **report["scores"], **{name: report[name] for name in names}}


def val_index(run: RunDir) -> Path:
    """The list that the run was validated on, as its settings say."""
    document = run.read_config()
    cwd = Path((document.get("about") or {}).get("cwd", "."))
    return cwd / str(document["data"]["val_index"])
