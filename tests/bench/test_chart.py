"""How long a chart takes to be drawn, beside plotext in the same run, and what it sends."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from slt_tui.chart.line import Line
from slt_tui.chart.plot import Plot, draw, finish
from slt_tui.series import Points
from slt_tui.widgets.chart import Chart
from tests.support.wire import Wire, on_the_wire, take_bytes

WIDTH, HEIGHT = 160, 40
BUDGET_MS = {100_000: 3.0, 1_000_000: 5.0}


def loss(count: int) -> Points:
    """A noisy loss with a spike."""
    x = np.arange(1.0, count + 1)
    y = 0.3 + 3.7 * np.exp(-4 * x / count) + 0.1 * np.random.default_rng(0).standard_normal(count)
    y[count // 3] = 9.0
    return Points(x, y)


def median_ms(act: Callable[[], object], times: int) -> float:
    """The middle of so many measurements."""
    measured = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        measured.append(1000 * (time.perf_counter() - began))
    return statistics.median(measured)


def drawn_by_plotext(points: Points) -> str:
    """The same picture by the peer."""
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.plot_size(WIDTH, HEIGHT)
    figure.draw(
        figure.signal(points.x.tolist(), points.y.tolist(), marker=plotext.marker("braille")).lines(True)
    )
    text: str = figure.build().string()
    return text


@pytest.mark.bench
@pytest.mark.parametrize("count", list(BUDGET_MS))
def test_a_redraw_is_within_its_budget_and_far_ahead_of_plotext(count: int) -> None:
    points = loss(count)
    plot = Plot([Line("train", points, "#56b4e9")], title="loss", metric="loss")
    ours = median_ms(lambda: finish(draw(plot, WIDTH, HEIGHT)), 21)
    theirs = median_ms(lambda: drawn_by_plotext(points), 3 if count <= 100_000 else 1)
    print(
        f"\n{WIDTH}x{HEIGHT}, {count:,} points: {ours:.2f} ms; plotext {theirs:.0f} ms, {theirs / ours:.0f} times"
    )
    assert ours <= BUDGET_MS[count]
    assert theirs > 10 * ours


class Shown(App[None]):
    """One chart."""

    def compose(self) -> ComposeResult:
        yield Chart(Plot([], title="loss", metric="loss"))


@pytest.mark.bench
async def test_a_steady_frame_sends_under_2_kb_and_an_idle_one_nothing() -> None:
    points, app, sent = loss(100_000), Shown(driver_class=Wire), list[int]()
    every = [Points(points.x[: 90_000 + 10 * step], points.y[: 90_000 + 10 * step]) for step in range(100)]

    async def act(pilot: Pilot[None]) -> None:
        chart = app.query_one(Chart)
        for part in every:
            chart.set_lines([Line("train", part, "#56b4e9")])
            await pilot.pause(0.03)
            sent.append(take_bytes(app))
        await pilot.pause(0.5)
        sent.append(take_bytes(app))

    await on_the_wire(app, (WIDTH, HEIGHT), act)
    print(
        f"\na steady frame: median {statistics.median(sent[1:-1]):.0f} B, most {max(sent[1:-1])} B; idle {sent[-1]} B"
    )
    assert statistics.median(sent[1:-1]) <= 2000
    assert sent[-1] == 0
