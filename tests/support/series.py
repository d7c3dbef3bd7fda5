"""Runs' series for tests of curves: the journals of a small run, read."""

from __future__ import annotations

import math
from pathlib import Path

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_tui.curves.course import CurveRun
from slt_tui.numbers import loaded
from slt_tui.palette import series_colour


def write_journals(path: Path, *, steps: int = 200, epochs: int = 10, gap_at: int | None = None) -> RunDir:
    """A run's steps and epochs: its loss falls, its teacher forcing falls, its CER is decoded every other epoch."""
    path.mkdir(parents=True, exist_ok=True)
    run = RunDir(path)
    write_steps(run, 1, steps, gap_at=gap_at)
    journal = Journal(run.metrics)
    for epoch in range(1, epochs + 1):
        loss = 4 / epoch
        scores = {} if epoch % 2 else {"cer": 1 / epoch, "bleu": 3.0 * epoch}
        journal.append(
            {
                "epoch": epoch,
                "step": epoch * steps // epochs,
                "time": 1e9 + 60 * epoch,
                "train": {"loss": loss, "perplexity": math.exp(loss)},
                "val": {"loss": loss + 0.3, "perplexity": math.exp(loss + 0.3), **scores},
            }
        )
    journal.close()
    return run


def write_steps(run: RunDir, first: int, last: int, *, gap_at: int | None = None) -> None:
    """More rows of steps."""
    journal = Journal(run.steps)
    for step in range(first, last + 1):
        loss = 4 / (1 + step / 20) + 0.1 * (step % 3)
        row = {"loss": None if step == gap_at else loss, "perplexity": math.exp(loss), "lr": 1e-3 / step}
        journal.append({"step": step, "time": 1e9 + 3 * step, "teacher_forcing": 1 - step / 1000, **row})
    journal.close()


def curve_run(run: RunDir, index: int = 0) -> CurveRun:
    """The run, read to its end."""
    return CurveRun(run.path.name, loaded(run.path), series_colour(index))
