"""`slt runs logs|stop|watch|plot|resume`: what they do to runs, and what they say."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from slt_engine.config import Layer
from slt_engine.run.directory import RunDir
from slt_engine.run.standing import standing
from slt_engine.run.stopping import wait_until_over
from slt_tui.cli.root import run_command
from tests.support.fake_runs import (
    finished_run,
    has_stepped,
    killed_run,
    start_fake,
    trainer_of,
)
from tests.support.runs import wait_for

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


@pytest.mark.parametrize("command", ["show", "watch", "logs", "stop", "resume", "plot"])
def test_a_name_that_no_run_has_is_wrong_use(
    root: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    finished_run(root / "fingerspelling")
    assert run_command(["runs", command, "fingerspeling"]) == 2
    assert capsys.readouterr().err == (
        "fingerspeling: no such run (did you mean fingerspelling?); `slt runs ls` lists them\n"
    )


def test_the_end_of_a_log_is_printed_without_what_could_change_the_terminal(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = finished_run(root / "one")
    run.console_log.write_bytes(b"1\n2\n\x1b[31m3\x1b[0m\n")
    run.train_log.write_text("for people\n")
    assert answer_of(capsys, "logs", "one", "-n", "2") == "2\n3\n"
    assert answer_of(capsys, "logs", "one", "--train") == "for people\n"
    assert answer_of(capsys, "logs", "one", "-f", "-n", "1") == "3\n"


def test_a_log_that_is_not_there_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished_run(root / "one")
    assert run_command(["runs", "logs", "one"]) == 2
    assert "console.log: no such log" in capsys.readouterr().err


def test_a_log_is_searched_as_a_whole_and_its_lines_numbered(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = finished_run(root / "one")
    run.console_log.write_text("an Error\nfine\n\x1b[31merror\x1b[0m 2\nerror 3")
    assert answer_of(capsys, "logs", "one", "--search", "error") == "1: an Error\n3: error 2\n4: error 3\n"
    assert answer_of(capsys, "logs", "one", "--search", "error", "-n", "1") == "4: error 3\n"
    assert answer_of(capsys, "logs", "one", "--search", "Error") == "1: an Error\n"
    assert run_command(["runs", "logs", "one", "--search", "nothing like it"]) == 1
    assert run_command(["runs", "logs", "one", "--search", "error", "--follow"]) == 2


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
    finished_run(root / "one")
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
    finished_run(root / "one")
    page = answer_of(capsys, "plot", "one", "--metric", "loss", "--width", "60", "--height", "8")
    assert page.startswith("loss   ━ train 0.5   • val 0.625")
    assert max(map(len, page.splitlines())) == 60


def test_a_metric_that_a_run_does_not_have_is_told_with_those_it_has(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished_run(root / "one")
    assert run_command(["runs", "plot", "one", "--metric", "rouge"]) == 2
    assert "no rouge in it; there is loss," in capsys.readouterr().err


def test_a_run_without_an_epoch_cannot_be_drawn(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    killed_run(root / "dead")
    assert run_command(["runs", "plot", "dead"]) == 2
    assert "no epoch yet, so there is nothing to draw" in capsys.readouterr().err


def test_the_shell_completes_the_names_of_runs(root: Path) -> None:
    for name in ("alpha", "beta"):
        finished_run(root / name)
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
    run = finished_run(root / "one")
    asked: list[tuple[Path, dict[str, Any]]] = []

    def resume(path: Path, layers: list[Layer], *, command: str) -> RunDir:
        assert command
        asked.append((path, {key: value for layer in layers for key, value in layer.values.items()}))
        return RunDir(path)

    monkeypatch.setattr("slt_tui.launch.resume", resume)
    assert run_command(["runs", "resume", "one", "--set", "training.epochs=9", "--detach"]) == 0
    assert asked == [(run.path, {"training.epochs": "9"})]
