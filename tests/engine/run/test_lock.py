"""One directory has one starter; the lock lives as long as anyone who inherited it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.lock import LOCK_FD_VARIABLE, keep_lock, take_lock

HOLD = "import sys; print(flush=True); sys.stdin.read()"


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    return RunDir(tmp_path / "run")


@pytest.fixture
def lock_fd(run: RunDir) -> Iterator[int]:
    fd = take_lock(run)
    yield fd
    os.close(fd)


@pytest.mark.usefixtures("lock_fd")
def test_a_second_starter_is_refused(run: RunDir) -> None:
    with pytest.raises(RunError, match="another process is training here"):
        take_lock(run)


def test_a_lock_that_was_given_up_can_be_taken_again(run: RunDir) -> None:
    os.close(take_lock(run))
    os.close(take_lock(run))


def test_the_lock_lives_as_long_as_a_process_that_inherited_it(run: RunDir) -> None:
    fd = take_lock(run)
    heir = subprocess.Popen(
        [sys.executable, "-c", HOLD], pass_fds=[fd], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert heir.stdout is not None
    heir.stdout.readline()
    os.close(fd)
    with pytest.raises(RunError):
        take_lock(run)
    heir.communicate()
    os.close(take_lock(run))


def test_a_trainer_keeps_the_lock_that_it_inherited(
    run: RunDir, lock_fd: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOCK_FD_VARIABLE, str(lock_fd))
    assert keep_lock(run) == lock_fd


@pytest.mark.usefixtures("lock_fd")
@pytest.mark.parametrize("inherited", ["", "nonsense", "0", "987654"])
def test_a_trainer_without_the_lock_is_refused_where_another_trains(
    run: RunDir, inherited: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOCK_FD_VARIABLE, inherited)
    with pytest.raises(RunError):
        keep_lock(run)


def test_a_trainer_that_was_started_by_hand_takes_the_lock(
    run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(LOCK_FD_VARIABLE, raising=False)
    fd = keep_lock(run)
    with pytest.raises(RunError):
        take_lock(run)
    os.close(fd)
