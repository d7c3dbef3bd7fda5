"""A thousand runs: how long until they are there and sorted, beside Textual's table; what looking on costs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import DataTable

from slt_tui.catalogue import RunCatalogue
from slt_tui.run_entry import RunEntry
from slt_tui.widgets.run_table import RunTable
from slt_tui.widgets.run_table.columns import BY_KEY, COLUMNS, View
from tests.bench.costs import cpu_percent
from tests.bench.figures import Figure, Figures, median, p95
from tests.support.many_runs import make_runs
from tests.support.terminal import Terminal

_STARTS = 5
_KEYS = 40
_APP = "from pathlib import Path; from slt_tui.app import run_workbench; run_workbench([Path({!r})], plain=False)"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand runs."""
    root = tmp_path_factory.mktemp("roots")
    make_runs(root)
    return root


@pytest.fixture(scope="module")
def entries(root: Path) -> list[RunEntry]:
    """They, read."""
    catalogue = RunCatalogue([root])
    while catalogue.poll() or catalogue.is_behind:
        pass
    return catalogue.entries


class One(App[None]):
    """Shows one widget."""

    def __init__(self, make: Callable[[], Widget]) -> None:
        super().__init__()
        self.make = make

    def compose(self) -> ComposeResult:
        yield self.make()


def ours(entries: list[RunEntry]) -> Widget:
    table = RunTable()
    table.runs.take(entries)
    return table


def theirs(entries: list[RunEntry]) -> Widget:
    table: DataTable[str] = DataTable(cursor_type="row")
    view = View(now=time.time(), metric="cer")
    for column in COLUMNS:
        table.add_column(column.key, key=column.key)
    for entry in entries:
        table.add_row(*(column.text(entry, view) for column in COLUMNS))
    return table


async def times_of(make: Callable[[], Widget], sort: Callable[[Widget], object]) -> tuple[float, float]:
    """The seconds until the app shows the widget, and until the sorted one is drawn."""
    app = One(make)
    began = time.perf_counter()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        opened = time.perf_counter() - began
        began = time.perf_counter()
        sort(app.query_one(make().__class__))
        await pilot.pause()
        return opened, time.perf_counter() - began


def sort_ours(table: Widget) -> None:
    assert isinstance(table, RunTable)
    table.sort(BY_KEY["name"], turned=True)


def sort_theirs(table: Widget) -> None:
    assert isinstance(table, DataTable)
    table.sort("name", reverse=True)


@pytest.mark.bench
async def test_a_thousand_runs_open_and_sort(entries: list[RunEntry], figures: Figures) -> None:
    own, peer = [], []
    for _ in range(_STARTS):
        own.append(await times_of(lambda: ours(entries), sort_ours))
        peer.append(await times_of(lambda: theirs(entries), sort_theirs))
    opened, others = median(o for o, _ in own), median(o for o, _ in peer)
    sorted_ms, others_ms = 1000 * median(s for _, s in own), 1000 * median(s for _, s in peer)
    figures.hold(
        Figure("table of 1,000 runs: open", opened, "s", 0.5, "DataTable", others),
        Figure("table of 1,000 runs: sort", sorted_ms, "ms", 50, "DataTable", others_ms),
    )


@pytest.mark.bench
def test_polling_a_thousand_runs_at_rest(root: Path, figures: Figures) -> None:
    catalogue, times = RunCatalogue([root]), []
    began = time.perf_counter()
    while catalogue.poll() or catalogue.is_behind:
        pass
    read_s = time.perf_counter() - began
    for _ in range(100):
        began = time.perf_counter()
        assert not catalogue.poll()
        times.append(1000 * (time.perf_counter() - began))
    figures.hold(
        Figure("1,000 runs: read all", read_s, "s", 0.5),
        Figure("1,000 runs: a poll", median(times), "ms", 2),
    )


@pytest.mark.bench
def test_the_home_screen_over_a_thousand_runs(root: Path, figures: Figures) -> None:
    command = [sys.executable, "-c", _APP.format(str(root))]
    shown = []
    for _ in range(_STARTS):
        with Terminal(command) as terminal:
            shown.append(terminal.wait_for("1,000 runs"))
    with Terminal(command) as terminal:
        terminal.wait_for("1,000 runs")
        terminal.wait_for_quiet(1.5)
        before = len(terminal.sent)
        cpu = cpu_percent(terminal.pid, 10)
        idle = len(terminal.sent) - before
        redrawn, sent = [], []
        for _ in range(_KEYS):
            before, at = len(terminal.sent), terminal.press("j")
            redrawn.append(1000 * (terminal.next_bytes(at) - at))
            terminal.wait_for_quiet(0.1)
            sent.append(len(terminal.sent) - before)
    figures.hold(
        Figure("home with 1,000 runs: shown", median(shown), "s", 0.6),
        Figure("home with 1,000 runs: idle", idle, "B", 0),
        Figure("home with 1,000 runs: idle CPU", cpu, "%", 1),
        Figure("home with 1,000 runs: key, p95", p95(redrawn), "ms", 50),
        Figure("home with 1,000 runs: a key", median(sent), "B"),
    )
