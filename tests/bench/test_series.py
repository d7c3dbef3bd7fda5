"""Reading a run's numbers, beside a plain loop of json.loads; extending, polling and smoothing them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal, last_row
from slt_tui.series import RunSeries, SeriesKey, smooth
from tests.bench.figures import Figure, Figures, median
from tests.bench.long_runs import long_run

LOSS = SeriesKey("loss", "train", "step")
# What is left of the app's 0.8 s and 3 s, and of its 90 and 180 MB, for reading.
BUDGETS = {100_000: (0.25, 12.0), 1_000_000: (2.2, 100.0)}

_READ = """
import json, re, sys, time
from pathlib import Path
from slt_tui.series import RunSeries

def resident_mb():
    return int(re.search(r"VmRSS:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1000

before_mb, slices = resident_mb(), []
series = RunSeries(Path(sys.argv[1]))
while series.is_behind:
    began = time.perf_counter()
    series.load()
    slices.append(time.perf_counter() - began)
for key in series.keys:
    series.points(key, "step")
print(json.dumps({"s": sum(slices), "mb": resident_mb() - before_mb, "slice_s": max(slices)}))
"""
_PLAIN = """
import json, sys, time
began = time.perf_counter()
for line in open(sys.argv[1]):
    json.loads(line)
print(json.dumps({"s": time.perf_counter() - began}))
"""


def child(script: str, path: Path) -> dict[str, float]:
    """What a process of its own measured."""
    command = [sys.executable, "-c", script, str(path)]
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    measured: dict[str, float] = json.loads(output)
    return measured


def milliseconds(work: Callable[[], object], *, times: int = 7) -> float:
    """The median time that ``work`` takes."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - began))
    return median(taken)


@pytest.mark.bench
@pytest.mark.parametrize("count", [100_000, 1_000_000])
def test_reading_a_long_run(count: int, figures: Figures) -> None:
    path, repeats = long_run(count), 3
    ours = [child(_READ, path) for _ in range(repeats)]
    plain = median([child(_PLAIN, path / "steps.jsonl")["s"] for _ in range(repeats)])
    budget_s, budget_mb = BUDGETS[count]
    what = f"{count:,} steps x 8:"
    slice_ms = 1000 * median([one["slice_s"] for one in ours])
    figures.hold(
        Figure(f"{what} read", median([one["s"] for one in ours]), "s", budget_s, "json.loads", plain),
        Figure(f"{what} memory of the numbers", median([one["mb"] for one in ours]), "MB", budget_mb),
        Figure(f"{what} longest slice", slice_ms, "ms", 50.0),
    )


@pytest.mark.bench
def test_following_a_long_run(tmp_path: Path, figures: Figures) -> None:
    count = 1_000_000
    run = RunDir(tmp_path)
    for path in (run.steps, run.metrics):
        path.write_bytes((long_run(count) / path.name).read_bytes())
    series, journal = RunSeries(run.path), Journal(run.steps)
    while series.is_behind:
        series.load()
    step, row = count, dict(last_row(run.steps) or {})

    def follow() -> None:
        nonlocal step
        for _ in range(3):
            step += 1
            journal.append(row | {"step": step, "epoch": 101, "time": row["time"] + step, "loss": 1.0})
        assert series.load()
        for axis in ("step", "epoch", "time"):
            assert series.points(LOSS, axis).y[-1] == 1.0

    follow()
    following = milliseconds(follow, times=51)
    idle = 1000 * milliseconds(series.load, times=501)
    journal.close()
    figures.hold(
        Figure("three rows more of 1e6, on three axes", following, "ms", 5.0),
        Figure("a poll with nothing new", idle, "us", 50.0),
    )


@pytest.mark.bench
@pytest.mark.parametrize("weight", [0.6, 0.99])
def test_smoothing_a_million_points(weight: float, figures: Figures) -> None:
    y = np.random.default_rng(0).normal(size=1_000_000)

    def loop() -> None:
        average = 0.0
        for value in y.tolist():
            average = weight * average + (1 - weight) * value

    ours, theirs = milliseconds(lambda: smooth(y, weight)), milliseconds(loop, times=3)
    figures.hold(Figure(f"smoothing 1e6 points by {weight}", ours, "ms", 30.0, "a loop", theirs))
