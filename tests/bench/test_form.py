"""How long the form of every setting takes to open and to move, beside one that mounts a field for each."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from slt_engine.config import knobs
from slt_tui.form.examination import examine
from slt_tui.form.origins import from_preset
from tests.bench.figures import Figure, Figures, median
from tests.bench.opening import COLUMNS, ROWS
from tests.support.terminal import Terminal

pytestmark = pytest.mark.bench
STARTS, TABS = 5, 30
PEER = "a field mounted for each"


def in_terminal(form: str, home: Path) -> Terminal:
    """The app that shows a form when `o` is typed."""
    command = [sys.executable, "-m", "tests.bench.form_app", form]
    own = {"XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return Terminal(command, columns=COLUMNS, rows=ROWS, environment=own)


def time_of(form: str, home: Path, useful: str) -> tuple[float, list[float]]:
    """Milliseconds until a form is drawn, and from each tab until the first bytes of what it changes."""
    with in_terminal(form, home) as terminal:
        terminal.wait_for("ready")
        terminal.wait_for_quiet(0.5)
        pressed = terminal.press("o")
        opened = terminal.wait_for(useful) - pressed
        terminal.wait_for_quiet(0.5)
        return 1000 * opened, keys_of(terminal, "\t")


def keys_of(terminal: Terminal, key: str) -> list[float]:
    """Milliseconds from each press until the first bytes of what it changes."""
    times = []
    for _ in range(TABS):
        pressed = terminal.press(key)
        times.append(1000 * (terminal.next_bytes(pressed) - pressed))
        terminal.wait_for_quiet(0.1)
    return times


def test_the_form_opens_and_moves(figures: Figures, tmp_path: Path) -> None:
    ours = [time_of("ours", tmp_path, "batch-size") for _ in range(STARTS)]
    peer = [time_of("mounted", tmp_path, "--batch-size") for _ in range(STARTS)]
    opened, theirs = (median(one for one, _ in many) for many in (ours, peer))
    moved, their_tab = (median(tab for _, tabs in many for tab in tabs) for many in (ours, peer))
    figures.hold(
        Figure(f"form of {len(knobs())} settings: open", opened, "ms", 400, PEER, theirs),
        Figure("form: tab", moved, "ms", 20, PEER, their_tab),
    )


def test_a_key_is_examined_and_drawn_at_once(figures: Figures, tmp_path: Path) -> None:
    with in_terminal("ours", tmp_path) as terminal:
        terminal.wait_for("ready")
        terminal.wait_for_quiet(0.5)
        terminal.press("o")
        terminal.wait_for("batch-size")
        terminal.press("\r")
        terminal.wait_for_quiet(0.5)
        typed = median(keys_of(terminal, "x"))
    figures.hold(Figure("form: a key typed into a field", typed, "ms", 50))


def test_a_form_is_examined(figures: Figures) -> None:
    state, times = from_preset("demo").with_changes({"optim.lr": "fast", "model.d_model": "7"}), []
    for _ in range(50):
        began = time.perf_counter()
        examine(state)
        times.append(1000 * (time.perf_counter() - began))
    figures.hold(Figure("form: every setting examined", median(times), "ms", 2))
