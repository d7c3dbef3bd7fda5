"""`slt runs ls|show`: what they answer about directories as trainers leave them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from slt_engine.run.status import write_status
from slt_tui.cli.root import run_command
from tests.support.fake_runs import (
    NOBODY,
    finished_run,
    killed_run,
    made,
    status_by,
)

PATIENCE_S = 20.0
LONG = ("--epochs", "2", "--steps", "100000")
HEAVY = {"torch", "numpy", "pandas", "transformers", "textual", "rich", "pydantic", "yaml", "psutil"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SLT_ROOTS", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


def answer_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run_command(["runs", *arguments]) == 0
    return capsys.readouterr().out


def test_runs_are_listed_with_the_latest_sign_of_life_first(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished_run(root / "old", age_s=9999)
    killed_run(root / "mid")
    finished_run(root / "new")
    rows = json.loads(answer_of(capsys, "ls", "--json"))
    assert [(row["name"], row["state"], row["exit_code"], row["signal"]) for row in rows] == [
        ("new", "finished", 0, None),
        ("mid", "failed", 137, "SIGKILL"),
        ("old", "finished", 0, None),
    ]
    assert rows[0]["best"] == {"metric": "cer", "value": 0.125, "epoch": 4}
    assert rows[0]["last"] == {"metric": "cer", "value": 0.125}


def test_into_a_pipe_goes_a_row_a_run_with_tabs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished_run(root / "one")
    heading, row = answer_of(capsys, "ls").splitlines()
    told = dict(zip(heading.split("\t"), row.split("\t"), strict=True))
    assert (told["name"], told["state"], told["epoch"], told["metric"], told["best"]) == (
        "one",
        "finished",
        "2",
        "cer",
        "0.125",
    )


def test_the_list_can_be_cut_and_sifted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        finished_run(root / f"run-{number}", age_s=100 * number)
    killed_run(root / "dead")
    assert [row["name"] for row in json.loads(answer_of(capsys, "ls", "--json", "-n", "2"))] == [
        "run-0",
        "run-1",
    ]
    assert [row["name"] for row in json.loads(answer_of(capsys, "ls", "--json", "--state", "failed"))] == [
        "dead"
    ]


def test_a_state_that_does_not_exist_is_wrong_use(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished_run(root / "one")
    assert run_command(["runs", "ls", "--state", "runing"]) == 2
    assert "running" in capsys.readouterr().err


@pytest.mark.usefixtures("root")
def test_where_there_are_no_runs_the_list_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["runs", "ls", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == []
    assert "slt demo" in told.err


def test_runs_left_in_any_condition_are_listed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = made(root / "torn")
    run.status.write_text('{"state": "runni')
    run.metrics.write_text('{"epoch": 1, "val": {"cer"')
    run = made(root / "strange")
    run.status.write_text("[]")
    run.exit.write_bytes(b"\xff\x00")
    (run.metrics).write_text('{"epoch": 1, "val": 3}\n')
    run = made(root / "odd")
    write_status(run, status_by(NOBODY, best={"metric": 3}))
    rows = json.loads(answer_of(capsys, "ls", "--json"))
    assert {row["name"]: row["state"] for row in rows} == {
        "torn": "created",
        "strange": "created",
        "odd": "lost",
    }


@pytest.mark.parametrize("arguments", [("ls",), ("ls", "--json"), ("logs", "one"), ("stop", "one")])
def test_looking_at_runs_imports_nothing_heavy(root: Path, arguments: tuple[str, ...]) -> None:
    run = finished_run(root / "one")
    run.console_log.write_text("a line\n")
    code = (
        f"import sys; from slt_tui.cli.root import run_command; code = run_command({['runs', *arguments]!r}); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()


def test_a_run_is_shown_with_what_was_set_and_what_lies_there(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = finished_run(root / "one")
    overrides = [{"key": "optim.lr", "default": 0.001, "value": 0.0003, "source": "--lr"}]
    run.config.write_text(json.dumps({"overrides": overrides, "about": {"command": "slt train --lr 3e-4"}}))
    page = answer_of(capsys, "show", "one")
    for part in (
        "finished",
        "epoch 2 of 4",
        "CER 12.5 %, epoch 4",
        "took 1:30",
        "slt train --lr 3e-4",
        "metrics.jsonl",
    ):
        assert part in page
    assert (
        " ".join(next(line for line in page.splitlines() if "optim.lr" in line).split())
        == "optim.lr 0.0003 default 0.001 --lr"
    )
    document = json.loads(answer_of(capsys, "show", "one", "--json"))
    assert document["overrides"] == overrides
    assert document["metrics"]["epoch"] == 4
    assert document["files"]["config.json"] > 0


def test_a_run_that_was_killed_is_shown_with_the_signal(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killed_run(root / "dead")
    page = answer_of(capsys, "show", "dead")
    assert "failed: killed by SIGKILL" in page
    assert "137 (SIGKILL)" in page
