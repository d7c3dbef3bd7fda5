"""What one logged step costs the trainer, beside W&B's run.log offline."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from slt_engine.reporter import Reporter
from slt_engine.run.directory import RunDir
from tests.bench.figures import Figure, Figures, median
from tests.bench.peers.environment import write
from tests.bench.peers.values import values

COUNT = 20_000


@pytest.mark.bench
def test_a_log_call_costs_20_us(figures: Figures, tmp_path: Path) -> None:
    rows = [{"step": step, "epoch": 1, **row} for step, row in enumerate(values(COUNT), start=1)]
    rounds = [seconds_of(rows, tmp_path / str(number)) for number in range(5)]
    wandb_s = float(write("wandb", COUNT, tmp_path / "wandb").split()[0])
    ours, theirs = (1e6 * seconds / COUNT for seconds in (median(rounds), wandb_s))
    figures.hold(Figure("one log call of 8 values", ours, "us", 20, "wandb run.log", theirs))


def seconds_of(rows: list[dict[str, float]], path: Path) -> float:
    """How long a reporter takes to write the rows."""
    reporter = Reporter(RunDir.create(path, {"data": {}}, {}))
    began = time.perf_counter()
    for row in rows:
        reporter.step(row)
    return time.perf_counter() - began
