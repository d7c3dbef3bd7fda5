"""Runs of the fake trainer: real processes under the real supervisor, and directories as a trainer leaves them."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_engine.run.lock import take_lock
from slt_engine.run.process import ProcessId, boot_id, host_name, this_process
from slt_engine.run.standing import standing
from slt_engine.run.status import Exit, Status, read_exit, read_status, write_exit, write_status
from slt_tui import launch
from tests.support.fake_trainer import epoch_row

FAKE_TRAINER = (sys.executable, "-P", str(Path(__file__).with_name("fake_trainer.py")))
NOBODY = ProcessId(pid=2**22 + 1, started=1.0, boot_id=boot_id(), host=host_name())  # above the largest pid


def use_fake_trainer(monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    """From now on the launcher starts the fake trainer."""
    monkeypatch.setattr(launch, "ENGINE", (*FAKE_TRAINER, *options))


def start_fake(path: Path, *options: str) -> RunDir:
    """A run of the fake trainer, started as the launcher starts one; ``options`` are the trainer's."""
    run = RunDir(path)
    lock_fd = take_lock(run)
    try:
        RunDir.create(path, {"data": {}}, {})
        launch.start(run, lock_fd, [*FAKE_TRAINER, *options, "train", str(path)])
    finally:
        os.close(lock_fd)
    return run


def has_stepped(run: RunDir) -> bool:
    """Whether the trainer says that training moves."""
    status = read_status(run)
    return status is not None and status.state == "running" and status.step > 0


def trainer_of(run: RunDir) -> ProcessId:
    """The trainer's process."""
    process = standing(run).process
    assert process is not None
    return process


def supervisor_of(run: RunDir) -> ProcessId:
    """The supervisor's process."""
    end = read_exit(run)
    assert end is not None
    return end.supervisor


def made(path: Path) -> RunDir:
    """A directory in which nothing has run yet."""
    return RunDir.create(path, {"data": {}}, {})


def status_by(process: ProcessId, **changes: object) -> Status:
    """What a trainer that is ``process`` says; running, unless ``changes`` say otherwise."""
    own = Status.begin(epochs=4, steps=40)
    now = time.time()
    told = replace(
        own, state="running", pid=process.pid, pid_started=process.started, heartbeat=now, progressed=now
    )
    return replace(told, boot_id=process.boot_id, host=process.host, epoch=2, step=15, **changes)  # type: ignore[arg-type]


def exit_of(trainer: ProcessId, supervisor: ProcessId, **changes: object) -> Exit:
    """What a supervisor says of ``trainer``; nothing of an end, unless ``changes`` do."""
    begun = Exit(
        supervisor_pid=supervisor.pid,
        supervisor_started=supervisor.started,
        pid=trainer.pid,
        pid_started=trainer.started,
        boot_id=trainer.boot_id,
        host=trainer.host,
        started=time.time() - 60,
    )
    return replace(begun, **changes)  # type: ignore[arg-type]


def finished_run(path: Path, *, age_s: float = 0.0) -> RunDir:
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


def killed_run(path: Path) -> RunDir:
    """A run that was killed an hour ago."""
    run = made(path)
    write_status(run, replace(status_by(NOBODY), heartbeat=time.time() - 3600))
    write_exit(
        run, exit_of(NOBODY, NOBODY, started=time.time() - 7200, ended=time.time() - 3600, signal="SIGKILL")
    )
    return run


ALIVE = this_process()
