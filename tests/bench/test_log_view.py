"""A log of 1 GB: on the screen at once, searched from end to end in seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from slt_engine.run.log_file import LogFile
from slt_engine.run.log_search import Match, search_down, search_up
from slt_tui.widgets.log_view.window import LogWindow
from tests.bench.figures import Figure, Figures, median

SIZE = 1_000_000_000
LINE = "2026-11-24 20:07:06,101 INFO epoch {} step {}: train loss 66.2, perplexity 278, val loss 38.2\n"
MISSING = "no such words"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """A gigabyte of lines of which none has what is searched."""
    path = tmp_path / "console.log"
    block = "".join(LINE.format(step // 100, step) for step in range(100_000)).encode()
    with path.open("wb") as file:
        for _ in range(SIZE // len(block)):
            file.write(block)
    yield path
    path.unlink()


@pytest.mark.bench
def test_a_log_of_1_gb_opens_at_once_and_is_searched_in_seconds(figures: Figures, log: Path) -> None:
    opened = [_seconds(lambda: _open(log)) for _ in range(20)]
    ignoring = [_seconds(lambda: list(search_down(log, MISSING))) for _ in range(3)]
    exact = [_seconds(lambda: list(search_down(log, MISSING.upper()))) for _ in range(3)]
    upwards = [_seconds(lambda: list(search_up(log, MISSING, SIZE))) for _ in range(3)]
    near = [_seconds(lambda: next(found for found in search_down(log, "step") if isinstance(found, Match)))]
    figures.hold(
        Figure("a log of 1 GB on the screen, 45 lines", 1000 * median(opened), "ms", 50),
        Figure("1 GB searched, capitals ignored", median(ignoring), "s", 5),
        Figure("1 GB searched, capitals counted", median(exact), "s", 5),
        Figure("1 GB searched upwards", median(upwards), "s", 5),
        Figure("a match nearby", 1000 * median(near), "ms", 50),
    )


def _open(path: Path) -> None:
    window = LogWindow(LogFile(path))
    window.log.look()
    window.resize(45)
    assert len(window.lines) == 45


def _seconds(do: object) -> float:
    assert callable(do)
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
