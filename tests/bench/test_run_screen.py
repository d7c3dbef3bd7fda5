"""The run screen in a terminal: opening long runs, keys meanwhile, lines that are written, an idle screen."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import pytest

from slt_engine.run.journal import Journal
from slt_engine.run.status import write_status
from tests.bench.costs import cpu_percent
from tests.bench.figures import Figure, Figures, median, p95
from tests.bench.long_runs import long_run
from tests.bench.opening import COLUMNS, ROWS, Opening, open_in_terminal
from tests.support.fake_runs import ALIVE, made, status_by
from tests.support.terminal import Terminal

IDLE_S = 10.0
LINES = 60
BETWEEN_KEYS_S = 0.05


def slt(path: Path) -> list[str]:
    """The app, opened on a run."""
    return [sys.executable, "-P", "-m", "slt_tui", "open", str(path)]


@pytest.mark.bench
@pytest.mark.parametrize(("count", "budget_s", "budget_mb"), [(100_000, 0.8, 90), (1_000_000, 3.0, 180)])
def test_a_long_run_opens(figures: Figures, count: int, budget_s: float, budget_mb: float) -> None:
    path = long_run(count)
    opened: list[Opening] = [
        open_in_terminal(slt(path), useful="perplexity", whole=f"step {count:,}/{count:,}") for _ in range(3)
    ]
    figures.hold(
        Figure(
            f"{count:,} x 8 values: first useful screen", median(one.useful_s for one in opened), "s", 0.6
        ),
        Figure(f"{count:,} x 8 values: read and drawn", median(one.whole_s for one in opened), "s", budget_s),
        Figure(f"{count:,} x 8 values: memory", median(one.memory_mb for one in opened), "MB", budget_mb),
    )


@pytest.mark.bench
def test_keys_are_heard_while_a_long_run_is_read(figures: Figures) -> None:
    on_charts = [
        wait for _ in range(4) for wait in _waits(("t", "train only"), ("t", "val only"), ("t", "and val"))
    ]
    to_views = [
        wait
        for _ in range(4)
        for wait in _waits(("3", "system.jsonl"), ("5", "settings that differ"), ("1", "teacher forcing"))
    ]
    figures.hold(
        Figure("key to redrawn charts while 1e6 rows load, p95", 1000 * p95(on_charts), "ms", 50),
        Figure("key to another view while 1e6 rows load, median", 1000 * median(to_views), "ms", 50),
        Figure("key to another view while 1e6 rows load, p95", 1000 * p95(to_views), "ms"),
    )


def _waits(*keys: tuple[str, str]) -> list[float]:
    """How long each key took to show its words, in a run that is being read from its first row on."""
    waits = []
    with Terminal(slt(long_run(1_000_000)), columns=COLUMNS, rows=ROWS) as terminal:
        terminal.wait_for(r"reading [1-9]\d %")
        for key, words in keys * 3:
            terminal.wait_until(lambda text, words=words: words not in text)  # type: ignore[misc]
            pressed = terminal.press(key)
            waits.append(terminal.wait_for(words) - pressed)
            time.sleep(BETWEEN_KEYS_S)
        assert "reading" in terminal.text
    return waits


@pytest.mark.bench
def test_a_line_that_is_written_is_on_the_screen_soon(figures: Figures, tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    write_status(run, status_by(ALIVE))
    journal, waits, chance = Journal(run.steps), [], random.Random(0)
    with Terminal(slt(run.path), columns=COLUMNS, rows=ROWS) as terminal:
        terminal.wait_for("epoch 2/4")
        for step in range(16, 16 + LINES):
            loss = 10 + step / 1000
            written = terminal.now
            journal.append({"step": step, "epoch": 2, "time": time.time(), "loss": loss})
            waits.append(terminal.wait_for(f"loss {loss:.4g}") - written)
            time.sleep(0.1 + 0.2 * chance.random())
    figures.hold(Figure("a line written to on the screen, p95", 1000 * p95(waits), "ms", 300))


@pytest.mark.bench
def test_an_idle_screen_sends_nothing(figures: Figures) -> None:
    with Terminal(slt(long_run(100_000)), columns=COLUMNS, rows=ROWS) as terminal:
        terminal.wait_for("100,000/100,000")
        terminal.wait_for_quiet(3.0)
        before = len(terminal.sent)
        cpu = cpu_percent(terminal.pid, IDLE_S)
        sent = len(terminal.sent) - before
    figures.hold(
        Figure(f"bytes of an idle run screen in {IDLE_S:.0f} s", sent, "B", 0),
        Figure("CPU of an idle run screen", cpu, "%", 1),
    )
