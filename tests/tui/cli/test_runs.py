"""`slt runs`: what the commands answer about directories as trainers leave them, and about running ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slt_engine.config import Layer
from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_engine.run.standing import standing
from slt_engine.run.status import write_exit, write_status
from slt_engine.run.stopping import wait_until_over
from slt_tui.cli.root import run_command
from tests.support.fake_runs import (
    NOBODY,
    exit_of,
    has_stepped,
    made,
    start_fake,
    status_by,
    trainer_of,
)
from tests.support.fake_trainer import epoch_row
from tests.support.runs import wait_for

PATIENCE_S = 20.0
LONG = ("--epochs", "2", "--steps", "100000")
HEAVY = {"torch", "numpy", "pandas", "transformers", "textual", "rich", "pydantic", "yaml", "psutil"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SLT_ROOTS", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


def finished(path: Path, *, age_s: float = 0.0) -> RunDir:
    """A run of four epochs that ended well so long ago."""
    run, then = made(path), time.time() - age_s
    best: Any = {"metric": "cer", "value": 0.125, "epoch": 4}
    write_status(run, replace(status_by(NOBODY, state="finished", best=best), heartbeat=then))
    write_exit(run, exit_of(NOBODY, NOBODY, started=then - 90, ended=then, code=0))
    journal = Journal(run.metrics)
    for epoch in range(1, 5):
        journal.append(epoch_row(epoch, 10 * epoch))
    journal.close()
    return run


def killed(path: Path) -> RunDir:
    run = made(path)
    write_status(run, replace(status_by(NOBODY), heartbeat=time.time() - 3600))
    write_exit(
        run, exit_of(NOBODY, NOBODY, started=time.time() - 7200, ended=time.time() - 3600, signal="SIGKILL")
    )
    return run


def answer_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run_command(["runs", *arguments]) == 0
    return capsys.readouterr().out


def test_runs_are_listed_with_the_latest_sign_of_life_first(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished(root / "old", age_s=9999)
    killed(root / "mid")
    finished(root / "new")
    rows = json.loads(answer_of(capsys, "ls", "--json"))
    assert [(row["name"], row["state"], row["exit_code"], row["signal"]) for row in rows] == [
        ("new", "finished", 0, None),
        ("mid", "failed", 137, "SIGKILL"),
        ("old", "finished", 0, None),
    ]
    assert rows[0]["best"] == {"metric": "cer", "value": 0.125, "epoch": 4}
    assert rows[0]["last"] == {"metric": "cer", "value": 0.125}


def test_into_a_pipe_goes_a_row_a_run_with_tabs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished(root / "one")
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
        finished(root / f"run-{number}", age_s=100 * number)
    killed(root / "dead")
    assert [row["name"] for row in json.loads(answer_of(capsys, "ls", "--json", "-n", "2"))] == [
        "run-0",
        "run-1",
    ]
    assert [row["name"] for row in json.loads(answer_of(capsys, "ls", "--json", "--state", "failed"))] == [
        "dead"
    ]


def test_a_state_that_does_not_exist_is_wrong_use(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished(root / "one")
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
    run = finished(root / "one")
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
    run = finished(root / "one")
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
    killed(root / "dead")
    page = answer_of(capsys, "show", "dead")
    assert "failed: killed by SIGKILL" in page
    assert "137 (SIGKILL)" in page


@pytest.mark.parametrize("command", ["show", "watch", "logs", "stop", "resume", "plot"])
def test_a_name_that_no_run_has_is_wrong_use(
    root: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    finished(root / "fingerspelling")
    assert run_command(["runs", command, "fingerspeling"]) == 2
    assert capsys.readouterr().err == (
        "fingerspeling: no such run (did you mean fingerspelling?); `slt runs ls` lists them\n"
    )


def test_the_end_of_a_log_is_printed_without_what_could_change_the_terminal(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = finished(root / "one")
    run.console_log.write_bytes(b"1\n2\n\x1b[31m3\x1b[0m\n")
    run.train_log.write_text("for people\n")
    assert answer_of(capsys, "logs", "one", "-n", "2") == "2\n3\n"
    assert answer_of(capsys, "logs", "one", "--train") == "for people\n"
    assert answer_of(capsys, "logs", "one", "-f", "-n", "1") == "3\n"


def test_a_log_that_is_not_there_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished(root / "one")
    assert run_command(["runs", "logs", "one"]) == 2
    assert "console.log: no such log" in capsys.readouterr().err


def test_stopping_ends_a_run_gracefully(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = start_fake(root / "one", *LONG)
    wait_for(lambda: has_stepped(run))
    assert run_command(["runs", "stop", "one"]) == 0
    assert "stopped; go on with: slt runs resume" in capsys.readouterr().err
    assert (standing(run).state, standing(run).exit_code) == ("stopped", 0)
    assert run.last.exists()


def test_a_run_that_does_not_listen_is_told_and_the_exit_code_is_1(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = start_fake(root / "deaf", *LONG, "--deaf")
    wait_for(lambda: has_stepped(run))
    assert run_command(["runs", "stop", "deaf", "--timeout", "0.2"]) == 1
    assert "still running; --timeout waits longer, --kill goes further" in capsys.readouterr().err
    assert run_command(["runs", "stop", "deaf", "--timeout", "0.1", "--kill"]) == 0
    assert standing(run).signal == "SIGKILL"


def test_a_run_that_is_over_need_not_be_stopped(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished(root / "one")
    assert run_command(["runs", "stop", "one"]) == 0
    assert "finished already, nothing to stop" in capsys.readouterr().err


def test_a_killed_trainer_is_listed_as_failed_by_its_signal(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = start_fake(root / "one", *LONG)
    wait_for(lambda: has_stepped(run))
    os.kill(trainer_of(run).pid, signal.SIGKILL)
    wait_until_over(run, PATIENCE_S)
    (row,) = json.loads(answer_of(capsys, "ls", "--json"))
    assert (row["state"], row["message"], row["signal"]) == ("failed", "killed by SIGKILL", "SIGKILL")


def test_a_watched_run_gives_its_exit_code(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_fake(root / "one", "--die", "3")
    assert run_command(["runs", "watch", "one"]) == 3
    told = capsys.readouterr().err
    assert "epoch 1/2: train loss" in told
    assert "  | RuntimeError: the model is on fire" in told


def test_a_run_is_drawn(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished(root / "one")
    page = answer_of(capsys, "plot", "one", "--metric", "loss", "--width", "60", "--height", "8")
    assert page.startswith("loss   ━ train 0.5   • val 0.625")
    assert max(map(len, page.splitlines())) == 60


def test_a_metric_that_a_run_does_not_have_is_told_with_those_it_has(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished(root / "one")
    assert run_command(["runs", "plot", "one", "--metric", "rouge"]) == 2
    assert "no rouge in it; there is loss," in capsys.readouterr().err


def test_a_run_without_an_epoch_cannot_be_drawn(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    killed(root / "dead")
    assert run_command(["runs", "plot", "dead"]) == 2
    assert "no epoch yet, so there is nothing to draw" in capsys.readouterr().err


def test_the_shell_completes_the_names_of_runs(root: Path) -> None:
    for name in ("alpha", "beta"):
        finished(root / name)
    environment = {
        **os.environ,
        "_SLT_COMPLETE": "complete_bash",
        "COMP_WORDS": "slt runs show al",
        "COMP_CWORD": "3",
    }
    done = subprocess.run(
        [sys.executable, "-m", "slt_tui"], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.split() == ["alpha"]


def test_a_stopped_run_is_resumed_from_the_command_line(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished(root / "one")
    asked: list[tuple[Path, dict[str, Any]]] = []

    def resume(path: Path, layers: list[Layer], *, command: str) -> RunDir:
        assert command
        asked.append((path, {key: value for layer in layers for key, value in layer.values.items()}))
        return RunDir(path)

    monkeypatch.setattr("slt_tui.launch.resume", resume)
    assert run_command(["runs", "resume", "one", "--set", "training.epochs=9", "--detach"]) == 0
    assert asked == [(run.path, {"training.epochs": "9"})]
