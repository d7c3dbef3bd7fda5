"""A thousand runs on disk, as benches list them."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slt_engine.run import files
from slt_engine.run.journal import Journal
from slt_engine.run.status import write_exit, write_status
from tests.support.fake_runs import NOBODY, exit_of, made, status_by
from tests.support.fake_trainer import epoch_row


def make_runs(root: Path, count: int = 1000) -> None:
    """So many runs of twenty epochs, one in ten killed; written without waiting for the disk."""
    with pytest.MonkeyPatch.context() as disk:
        disk.setattr(os, "fsync", lambda _: None)
        disk.setattr(files, "sync_directory", lambda _: None)
        for number in range(count):
            make_run(root / f"run-{number:04}", was_killed=number % 10 == 0)


def make_run(path: Path, *, was_killed: bool) -> None:
    """One of them."""
    run, now = made(path), time.time()
    best: Any = {"metric": "cer", "value": 0.025, "epoch": 20}
    status = status_by(NOBODY, best=best)
    write_status(run, status if was_killed else replace(status, state="finished"))
    ended = exit_of(NOBODY, NOBODY, ended=now)
    write_exit(run, replace(ended, signal="SIGKILL") if was_killed else replace(ended, code=0))
    journal = Journal(run.metrics)
    for epoch in range(1, 21):
        journal.append(epoch_row(epoch, 100 * epoch))
    journal.close()
