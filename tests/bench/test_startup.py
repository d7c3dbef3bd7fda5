"""How long the command line takes to start."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import pytest


def seconds(*arguments: str) -> float:
    """The median wall time of a command over fifteen starts."""
    times = []
    for _ in range(15):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "slt_tui", *arguments], capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


@pytest.mark.bench
def test_help_takes_at_most_200_ms() -> None:
    assert seconds("--help") <= 0.2
