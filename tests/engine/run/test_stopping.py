"""A run ends by the stop file, SIGINT, SIGTERM or SIGKILL, in this order."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from slt_engine.run import stopping
from slt_engine.run.directory import RunError
from slt_engine.run.process import this_process
from slt_engine.run.standing import standing
from slt_engine.run.status import write_status
from slt_engine.run.stopping import kill_run, request_stop, signal_trainer, stop_run, wait_until_over
from tests.support.fake_runs import has_stepped, made, start_fake, status_by, trainer_of
from tests.support.runs import wait_for

PATIENCE_S = 20.0
LONG = ("--epochs", "2", "--steps", "100000")


def test_the_stop_file_ends_a_run_with_a_checkpoint_and_code_0(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    request_stop(run)
    now = wait_until_over(run, PATIENCE_S)
    assert (now.state, now.exit_code) == ("stopped", 0)
    assert run.last.exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_with_a_checkpoint_and_its_own_code(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    assert signal_trainer(run, number)
    now = wait_until_over(run, PATIENCE_S)
    assert (now.state, now.exit_code) == ("stopped", code)
    assert run.last.exists()


def test_a_trainer_that_listens_is_not_asked_twice(tmp_path: Path) -> None:
    said: list[str] = []
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    assert stop_run(run, PATIENCE_S, tell=said.append).state == "stopped"
    assert said == [f"asking {run.path} to end with the stop file"]


def test_a_deaf_trainer_is_asked_ever_louder_and_then_killed(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", *LONG, "--deaf")
    wait_for(lambda: has_stepped(run))
    now = stop_run(run, 0.3)
    assert (now.state, now.signal) == ("failed", "SIGKILL")
    assert run.console_log.read_text().split("\n")[:2] == ["heard SIGINT", "heard SIGTERM"]
    assert not run.stop.exists()


def test_killing_waits_for_a_checkpoint_that_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "SETTLED_S", 0.4)
    run = start_fake(tmp_path / "run", *LONG, "--deaf")
    wait_for(lambda: has_stepped(run))
    beside, grown = run.path / "last.pt.tmp", threading.Event()

    def write_slowly() -> None:
        with beside.open("wb") as file:
            for _ in range(10):
                file.write(b"x" * 1000)
                file.flush()
                time.sleep(0.1)
            alive_until_the_end.append(trainer_of(run).is_alive())
        beside.rename(run.last)
        grown.set()

    alive_until_the_end: list[bool | None] = []
    beside.touch()
    writer = threading.Thread(target=write_slowly)
    writer.start()
    kill_run(run)
    writer.join()
    assert grown.is_set()
    assert alive_until_the_end == [True]
    assert wait_until_over(run, PATIENCE_S).signal == "SIGKILL"


def test_killing_does_not_wait_for_what_a_dead_trainer_left_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "SETTLED_S", 0.2)
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    (run.path / "last.pt.tmp").touch()
    assert kill_run(run)
    assert wait_until_over(run, PATIENCE_S).signal == "SIGKILL"


def test_a_run_that_is_over_is_left_as_it_is(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run")
    wait_until_over(run, PATIENCE_S)
    before = sorted(path.name for path in run.path.iterdir())
    assert stop_run(run, 1.0).state == "finished"
    assert not signal_trainer(run, signal.SIGINT)
    assert not kill_run(run)
    assert sorted(path.name for path in run.path.iterdir()) == before


def test_a_run_that_was_never_started_cannot_be_stopped(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    assert stop_run(run, 1.0).state == "created"
    assert not run.stop.exists()


def test_a_process_that_took_the_trainers_pid_is_never_signalled(tmp_path: Path) -> None:
    run, me = made(tmp_path / "run"), this_process()
    write_status(run, status_by(replace(me, started=me.started - 100)))
    assert not kill_run(run)
    assert not signal_trainer(run, signal.SIGTERM)
    assert standing(run).state == "lost"


def test_a_trainer_on_another_machine_is_reached_by_the_stop_file_alone(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    write_status(run, status_by(replace(this_process(), host="another-machine")))
    with pytest.raises(RunError, match="runs on another-machine; only the stop file reaches it"):
        signal_trainer(run, signal.SIGINT)
    with pytest.raises(RunError):
        stop_run(run, 0.0)
    assert run.stop.exists()
