"""The supervisor keeps the trainer's true end, and leaves nothing of its group."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.lock import take_lock
from slt_engine.run.process import process_id
from slt_engine.run.standing import standing
from slt_engine.run.stopping import kill_run, wait_until_over
from tests.support.fake_runs import has_stepped, made, start_fake, supervisor_of, trainer_of
from tests.support.runs import wait_for

PATIENCE_S = 20.0
LONG = ("--epochs", "2", "--steps", "100000")


def supervise(run: RunDir, *command: str) -> None:
    """A supervisor without a launcher."""
    words = [sys.executable, "-P", "-m", "slt_engine.run.supervise", str(run.path), "--", *command]
    subprocess.run(words, check=True)
    wait_for(lambda: json.loads(run.exit.read_text())["ended"] if run.exit.exists() else None)


def test_a_trainer_that_ends_well_is_finished_with_code_0(tmp_path: Path) -> None:
    now = wait_until_over(start_fake(tmp_path / "run"), PATIENCE_S)
    assert (now.state, now.exit_code, now.signal) == ("finished", 0, None)
    assert now.started is not None
    assert now.ended is not None
    assert now.ended >= now.started


def test_a_trainer_that_fails_is_failed_with_its_code_and_its_words_are_kept(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", "--die", "3")
    now = wait_until_over(run, PATIENCE_S)
    assert (now.state, now.exit_code) == ("failed", 3)
    assert "the model is on fire" in run.console_log.read_text()


def test_a_trainer_that_is_killed_is_failed_with_the_signals_name(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    os.kill(trainer_of(run).pid, signal.SIGKILL)
    now = wait_until_over(run, PATIENCE_S)
    assert (now.state, now.signal, now.exit_code) == ("failed", "SIGKILL", 137)


def test_nothing_of_the_trainers_group_outlives_it(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", *LONG, "--child", str(tmp_path / "child"))
    wait_for(lambda: has_stepped(run))
    child = process_id(int((tmp_path / "child").read_text()))
    assert child.is_alive()
    os.kill(trainer_of(run).pid, signal.SIGKILL)
    wait_until_over(run, PATIENCE_S)
    assert not child.is_alive()


def test_a_child_that_is_deaf_to_sigterm_does_not_outlive_the_trainer_either(tmp_path: Path) -> None:
    run, told = made(tmp_path / "run"), tmp_path / "told"
    child = f"trap '' TERM; echo $$ > {told}; while :; do sleep 0.05; done"
    supervise(
        run,
        "sh",
        "-c",
        f'sh -c "{child.replace("$", chr(92) + "$")}" & while [ ! -s {told} ]; do sleep 0.01; done',
    )
    assert not process_id(int(told.read_text())).is_alive()
    assert json.loads(run.exit.read_text())["code"] == 0


def test_a_trainer_goes_on_without_its_supervisor_and_its_exit_code_is_unknown(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    supervisor = supervisor_of(run)
    os.kill(supervisor.pid, signal.SIGKILL)
    wait_for(lambda: not supervisor.is_alive())
    now = standing(run)
    assert (now.state, now.message) == ("running", "its supervisor is gone, so its exit code will be unknown")
    with pytest.raises(RunError, match="another process is training here"):
        take_lock(run)
    run.stop.touch()
    now = wait_until_over(run, PATIENCE_S)
    assert (now.state, now.exit_code) == ("stopped", None)
    assert "exit code is unknown" in now.message
    wait_for(lambda: not trainer_of(run).is_alive())
    os.close(take_lock(run))


def test_a_trainer_killed_after_its_supervisor_is_lost(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    os.kill(supervisor_of(run).pid, signal.SIGKILL)
    kill_run(run)
    wait_for(lambda: standing(run).state == "lost")


def test_the_trainer_and_its_supervisor_are_alone_in_their_sessions(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    trainer, supervisor = trainer_of(run).pid, supervisor_of(run).pid
    assert os.getsid(trainer) == os.getpgid(trainer) == trainer
    assert os.getsid(supervisor) == os.getpgid(supervisor) == supervisor
    assert os.getsid(0) not in (trainer, supervisor)
    kill_run(run)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_the_supervisor_is_asked_the_trainer_is_asked(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    os.kill(supervisor_of(run).pid, number)
    now = wait_until_over(run, PATIENCE_S)
    assert (now.state, now.exit_code) == ("stopped", code)


def test_hanging_up_changes_nothing(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    for process in (supervisor_of(run), trainer_of(run)):
        os.kill(process.pid, signal.SIGHUP)
    before = standing(run).status
    assert before is not None
    wait_for(lambda: (now := standing(run).status) is not None and now.step > before.step + 5)
    kill_run(run)


def test_a_command_that_cannot_be_run_ends_with_127(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    supervise(run, str(tmp_path / "absent"))
    now = standing(run)
    assert (now.state, now.exit_code) == ("failed", 127)
    assert "No such file" in run.console_log.read_text()


def test_a_run_directory_that_was_removed_does_not_keep_the_supervisor(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    wait_for(lambda: has_stepped(run))
    supervisor, trainer = supervisor_of(run), trainer_of(run)
    run.path.rename(tmp_path / "elsewhere")
    os.kill(trainer.pid, signal.SIGKILL)
    wait_for(lambda: not supervisor.is_alive())


def test_the_supervisor_needs_the_standard_library_only() -> None:
    code = "import sys, slt_engine.run.supervise; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    ours = {"slt_engine", "__main__", "__mp_main__", "sitecustomize", "_virtualenv"}
    beyond = set(loaded.split()) - sys.stdlib_module_names - ours
    assert {name for name in beyond if not name.startswith(("_", "a1_"))} == set()
