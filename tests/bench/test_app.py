"""The app in a real terminal of 160 x 45: how soon it is of use, what it sends and takes while nothing happens."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.costs import cpu_percent
from tests.bench.figures import Figure, Figures, median, p95
from tests.bench.opening import COLUMNS, ROWS
from tests.support.fake_runs import finished_run
from tests.support.terminal import Terminal

SLT = (sys.executable, "-m", "slt_tui")
REPOSITORY = Path(__file__).resolve().parents[2]
IDLE_S = 10.0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A root with twelve runs."""
    for number in range(12):
        finished_run(tmp_path / "runs" / f"run-{number:02}", age_s=3600 * number)
    return tmp_path / "runs"


def app(*words: object) -> Terminal:
    """The app; preferences of the user's own do not count."""
    command = [*SLT, "open", *map(str, words)]
    own = {"XDG_CONFIG_HOME": "/nonexistent"}
    return Terminal(command, columns=COLUMNS, rows=ROWS, environment=own, cwd=REPOSITORY)


@pytest.mark.bench
@pytest.mark.parametrize("count", [0, 12])
def test_the_first_screen_is_of_use_within_600_ms(figures: Figures, home: Path, count: int) -> None:
    root, pattern = (home, r"finished +run-11") if count else (home / "nothing", r"n +.*[Nn]ew run")
    times = []
    for _ in range(5):
        with app("--root", root) as terminal:
            times.append(terminal.wait_for(pattern))
    figures.hold(Figure(f"first useful screen, {count} runs", median(times), "s", 0.6))


@pytest.mark.bench
def test_an_idle_app_sends_nothing_and_takes_no_time(figures: Figures, home: Path) -> None:
    with app("--root", home) as terminal:
        terminal.wait_for(r"finished +run-11")
        terminal.wait_for_quiet(1.0)
        before = len(terminal.sent)
        share = cpu_percent(terminal.pid, IDLE_S)
        sent = len(terminal.sent) - before
    figures.hold(
        Figure(f"idle for {IDLE_S:.0f} s, 12 runs: sent", sent, "B", 0),
        Figure(f"idle for {IDLE_S:.0f} s, 12 runs: CPU", share, "%", 1.0),
    )


@pytest.mark.bench
def test_a_key_moves_the_cursor_within_50_ms(figures: Figures, home: Path) -> None:
    with app("--root", home) as terminal:
        terminal.wait_for(r"finished +run-11")
        terminal.wait_for_quiet(0.5)
        figures.hold(Figure("key -> redraw p95, list of runs", 1e3 * slowest_key(terminal, "jk"), "ms", 50))


def slowest_key(terminal: Terminal, keys: str, times: int = 40) -> float:
    """Seconds between a key and the first bytes after it, of 95 in 100; the keys are pressed in turn, in silence."""
    waits = []
    for number in range(times):
        pressed = terminal.press(keys[number % len(keys)])
        waits.append(terminal.next_bytes(pressed) - pressed)
        terminal.wait_for_quiet(0.1)
    return p95(waits)
