"""How long it takes to list a thousand runs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.many_runs import make_runs


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand runs."""
    root = tmp_path_factory.mktemp("roots")
    make_runs(root)
    return root


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
