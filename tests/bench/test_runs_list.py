"""How long it takes to list a thousand runs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
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


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand runs of twenty epochs, one in ten killed."""
    root = tmp_path_factory.mktemp("roots")
    with pytest.MonkeyPatch.context() as disk:
        disk.setattr(os, "fsync", lambda _: None)
        disk.setattr(files, "sync_directory", lambda _: None)
        for number in range(1000):
            make_run(root / f"run-{number:04}", was_killed=number % 10 == 0)
    return root


def make_run(path: Path, *, was_killed: bool) -> None:
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


@pytest.mark.bench
@pytest.mark.parametrize("words", [("ls",), ("ls", "--json")])
def test_a_thousand_runs_are_listed_within_300_ms(root: Path, words: tuple[str, ...]) -> None:
    times = []
    for _ in range(15):
        began = time.perf_counter()
        command = [sys.executable, "-m", "slt_tui", "runs", *words, "--root", str(root)]
        subprocess.run(command, capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    assert statistics.median(times) <= 0.3
