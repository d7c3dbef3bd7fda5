"""Runs of ours with as many steps as asked: the values that the peers have, kept beside theirs from bench to bench."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_engine.run.status import write_exit, write_status
from tests.bench.peers.environment import CACHE
from tests.bench.peers.values import BEGAN, STEP_S, values
from tests.support.fake_runs import NOBODY, exit_of, status_by
from tests.support.fake_trainer import epoch_row
from tests.support.real_config import real_document

EPOCHS = 100


def long_run(count: int) -> Path:
    """A finished run of ``count`` steps in a hundred epochs; made where there is none."""
    path = CACHE / f"ours-{count}" / f"steps-{count}"
    if not path.exists():
        half = CACHE / f"ours-{count}.half"
        shutil.rmtree(half, ignore_errors=True)
        _write(half / path.name, count)
        half.rename(path.parent)
    return path


def _write(path: Path, count: int) -> None:
    run = RunDir.create(path, real_document(path, path.parent / "data"), {})
    best: Any = {"metric": "cer", "value": 0.5 / EPOCHS, "epoch": EPOCHS}
    ended = BEGAN + STEP_S * count
    status = status_by(NOBODY, state="finished", best=best)
    write_status(run, replace(status, epoch=EPOCHS, epochs=EPOCHS, step=count, steps=count, heartbeat=ended))
    write_exit(run, exit_of(NOBODY, NOBODY, started=BEGAN, ended=ended, code=0))
    write_journals(run, count)


def write_journals(run: RunDir, count: int) -> None:
    """The rows of steps.jsonl and of metrics.jsonl."""
    steps, epochs = Journal(run.steps), Journal(run.metrics)
    for step, row in enumerate(values(count), start=1):
        epoch = 1 + (step - 1) * EPOCHS // count
        steps.append({"time": BEGAN + STEP_S * step, "step": step, "epoch": epoch, **row})
        if step * EPOCHS % count == 0:
            epochs.append({**epoch_row(epoch, step), "time": BEGAN + STEP_S * step})
    steps.close()
    epochs.close()
