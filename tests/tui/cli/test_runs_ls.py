"""`slt runs ls`: which runs, in what order, with which columns."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_tui.cli.root import run_command
from slt_tui.operations import change_notes
from tests.support.fake_runs import finished_run, killed_run, made


@pytest.fixture
def runs(root: Path) -> Path:
    """Three runs with scores and a fourth that has none."""
    for number, (name, cer, bleu) in enumerate(
        [("wide", 0.2, 10.0), ("narrow", 0.1, 30.0), ("deep", 0.3, 20.0)]
    ):
        run = finished_run(root / "sweep" / name, age_s=1000 * number)
        journal = Journal(run.metrics)
        journal.append(
            {
                "epoch": 9,
                "step": 90,
                "val": {"cer": cer, "bleu": bleu},
                "train": {"loss": 10 * cer},
                "lr": 1.0,
            }
        )
        journal.close()
    killed_run(root / "dead")
    return root


def names_of(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    return [row["name"] for row in rows_of(capsys, *words)]


def rows_of(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert run_command(["runs", "ls", "--json", *words]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return rows


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--sort", "name"], ["dead", "deep", "narrow", "wide"]),
        (["--sort", "name", "--reverse"], ["wide", "narrow", "deep", "dead"]),
        (["--sort", "age"], ["wide", "narrow", "deep", "dead"]),
        (["--sort", "cer"], ["narrow", "wide", "deep", "dead"]),
        (["--sort", "bleu"], ["narrow", "deep", "wide", "dead"]),
        (["--sort", "train.loss", "--reverse"], ["deep", "wide", "narrow", "dead"]),
        (["--sort", "last"], ["narrow", "wide", "deep", "dead"]),
        (["--sort", "state", "-n", "1"], ["wide"]),
        (["swee"], ["wide", "narrow", "deep"]),
        (["*e*p"], ["deep"]),
        (["*/sweep/*"], ["wide", "narrow", "deep"]),
        (["nothing"], []),
    ],
)
def test_runs_are_chosen_and_ordered(
    capsys: pytest.CaptureFixture[str], words: list[str], names: list[str]
) -> None:
    assert names_of(capsys, *words) == names


def test_runs_are_chosen_by_their_tags(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change_notes(RunDir(runs / "sweep" / "wide"), add=["paper", "v1"], note="the best")
    change_notes(RunDir(runs / "dead"), add=["v1"])
    assert names_of(capsys, "--tag", "v1") == ["wide", "dead"]
    (row,) = rows_of(capsys, "--tag", "v1", "--tag", "paper")
    assert (row["tags"], row["note"]) == (["paper", "v1"], "the best")
    assert names_of(capsys, "--tag", "v2") == []


@pytest.mark.usefixtures("runs")
def test_any_metric_is_a_column(capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(capsys, "--metric", "bleu", "--metric", "train.loss", "--metric", "lr", "--sort", "bleu")
    assert [row["metrics"] for row in rows] == [
        {"bleu": 30.0, "train.loss": 1.0, "lr": 1.0},
        {"bleu": 20.0, "train.loss": 3.0, "lr": 1.0},
        {"bleu": 10.0, "train.loss": 2.0, "lr": 1.0},
        {"bleu": None, "train.loss": None, "lr": None},
    ]


@pytest.mark.usefixtures("runs")
def test_an_order_that_does_not_exist_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["runs", "ls", "--sort", "beauty"]) == 2
    assert "--sort beauty: no such metric; there are age, name," in capsys.readouterr().err


def test_on_a_terminal_tags_have_a_column_where_there_are_any(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setitem(os.environ, "NO_COLOR", "1")
    assert run_command(["runs", "ls"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == [
        "name",
        "state",
        "epoch",
        "best",
        "last",
        "age",
    ]
    change_notes(RunDir(runs / "dead"), add=["a" * 20, "b" * 20])
    assert run_command(["runs", "ls", "--metric", "cer"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "state", "epoch", "best", "last", "cer", "age", "tags"]
    assert lines[-1].endswith("a" * 20 + " bb~")
    assert "20.0 %" in lines[1]


def test_a_directory_of_another_program_is_not_listed_and_opens_by_its_path(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = root / "dreamer"
    foreign.mkdir(parents=True)
    (foreign / "metrics.jsonl").write_text('{"step": 100, "train/return": -50.0}\n')
    made(root / "ours").lock.touch()
    assert names_of(capsys) == ["ours"]
    assert run_command(["runs", "show", str(foreign)]) == 0
    assert "foreign: no config.json" in capsys.readouterr().out
