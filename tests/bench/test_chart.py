"""How long a chart takes to be drawn, beside plotext in the same run, and what it sends."""

from __future__ import annotations

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
from tests.bench.figures import Figure, Figures, median
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
    return median(measured)


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
def test_a_redraw(count: int, figures: Figures) -> None:
    points = loss(count)
    plot = Plot([Line("train", points, "#56b4e9")], title="loss", metric="loss")
    ours = median_ms(lambda: finish(draw(plot, WIDTH, HEIGHT)), 21)
    theirs = median_ms(lambda: drawn_by_plotext(points), 3 if count <= 100_000 else 1)
    what = f"chart redraw {WIDTH}x{HEIGHT}, {count:,} points"
    figures.hold(Figure(what, ours, "ms", BUDGET_MS[count], "plotext", theirs))


class Shown(App[None]):
    """One chart."""

    def compose(self) -> ComposeResult:
        yield Chart(Plot([], title="loss", metric="loss"))


@pytest.mark.bench
async def test_what_a_chart_sends(figures: Figures) -> None:
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
    figures.hold(
        Figure("bytes of a steady frame of a chart", median(sent[1:-1]), "B", 2000),
        Figure("bytes of an idle chart", sent[-1], "B", 0),
    )
