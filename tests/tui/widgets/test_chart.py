"""The chart in an app: every key, the mouse, and how little is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.pilot import Pilot

from slt_tui.series import Points
from slt_tui.widgets.chart import Chart, Line, Plot, View
from tests.support.points import decay, line, points
from tests.support.wire import Wire, on_the_wire, take_bytes

LOSS = Plot([line(decay(400, spike_at=123))], title="loss", metric="loss")


class Shown(App[None]):
    """One chart, and what it posts."""

    def __init__(self, plot: Plot = LOSS, *, plain: bool = False, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.plain = plain
        self.plot = plot
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield Chart(self.plot)

    @property
    def chart(self) -> Chart:
        return self.query_one(Chart)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        lines = self.chart.render_lines(self.chart.size.region)
        return "\n".join(strip.text.rstrip() for strip in lines)

    def on_chart_crosshair_moved(self) -> None:
        self.told.append("crosshair")

    def on_chart_view_changed(self) -> None:
        self.told.append("view")

    def on_chart_expanded(self) -> None:
        self.told.append("expanded")


@asynccontextmanager
async def shown(app: Shown, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


async def test_the_heading_has_the_last_value_and_at_the_crosshair_that_one() -> None:
    app = Shown()
    async with shown(app) as pilot:
        assert app.text.startswith("loss  ━ train 0.3252")
        await pilot.press("h")
        assert app.text.split("\n")[0].endswith("step 400")
        await pilot.press("g")
        assert app.chart.crosshair == 1
        assert app.text.startswith("loss  ━ train 4.000  ")
        await pilot.press("G")
        assert app.chart.crosshair == 400
        assert set(app.told) == {"crosshair"}


@pytest.mark.parametrize(("key", "columns"), [("h", -1), ("left", -1), ("H", -10)])
async def test_the_crosshair_moves_by_columns_of_dots(key: str, columns: int) -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot.press("end", key)
        drawn = app.chart._drawn
        assert drawn
        assert drawn.area
        assert drawn.places
        column = (drawn.places.high - drawn.places.low) / (2 * drawn.area.width)
        assert app.chart.crosshair == pytest.approx(400 + columns * column, abs=column)
        await pilot.press({"h": "l", "left": "right", "H": "L"}[key])
        assert app.chart.crosshair == pytest.approx(400, abs=1)


async def test_between_far_points_the_crosshair_goes_from_point_to_point() -> None:
    app = Shown(Plot([line([3.0, 2.0, 1.0])], metric="loss"))
    async with shown(app) as pilot:
        places = []
        for key in ("h", "h", "h", "h", "l"):
            await pilot.press(key)
            places.append(app.chart.crosshair)
        assert places == [3, 2, 1, 1, 2]


async def test_the_readout_tells_all_series_and_says_a_gap_with_a_dash() -> None:
    lines = [line([1.0, np.nan, 3.0]), line([5.0, 6.0], label="val", first=2.0), line([7.0], label="other")]
    app = Shown(Plot(lines, title="loss", metric="loss"))
    async with shown(app) as pilot:
        await pilot.press("g", "l")
        assert app.text.split("\n")[0].split() == [
            "loss",
            "━",
            "train",
            "-",
            "━",
            "val",
            "5.000",
            "━",
            "other",
            "-",
            "step",
            "2",
        ]


async def test_plus_and_minus_zoom_around_the_crosshair() -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot.press("G", "H", "H", "H", "plus", "plus")
        low, high = app.chart.view.x or (0, 0)
        assert high - low == pytest.approx(400 / 4, rel=0.05)
        assert low < (app.chart.crosshair or 0) < high
        assert "zoomed" not in app.text  # the crosshair's place stands there
        await pilot.press("minus")
        assert app.chart.view.x is not None
        await pilot.press("minus", "minus")
        assert app.chart.view.x is None
        assert "view" in app.told


async def test_a_reset_shows_all_without_a_crosshair() -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot.press("h", "equals_sign", "0")
        assert app.chart.view == View()
        assert app.chart.crosshair is None


@pytest.mark.parametrize(("left", "right"), [("comma", "full_stop"), ("shift+left", "shift+right")])
async def test_one_pans_as_far_as_there_is_something(left: str, right: str) -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot.press("plus", left)
        first = app.chart.view.x
        await pilot.press(left, left, left, left, left)
        assert first
        assert app.chart.view.x
        assert app.chart.view.x[0] == pytest.approx(1)
        assert app.chart.view.x[1] - app.chart.view.x[0] == pytest.approx(first[1] - first[0])
        await pilot.press(right)
        assert app.chart.view.x[0] > 1


async def test_the_crosshair_takes_the_zoomed_view_along() -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot.press("plus", "plus", "plus", "G", *["L"] * 8)
        places = app.chart._drawn and app.chart._drawn.places
        assert places
        assert places.low <= (app.chart.crosshair or 0) <= places.high


async def test_both_axes_can_be_logarithms() -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot.press("X", "Y")
        assert app.chart.view == View(x_log=True, y_log=True)
        assert "log x, log y" in app.text
        assert "100" in app.text.split("\n")[-1]
        await pilot.press("X", "Y")
        assert app.chart.view == View()


async def test_a_logarithm_says_what_it_leaves_out() -> None:
    app = Shown(Plot([line([1.0, 0.0, 2.0])], title="loss", metric="loss"))
    async with shown(app) as pilot:
        await pilot.press("Y")
        assert "<= 0 left out" in app.text
        app.chart.set_lines([line([0.0, -1.0])])
        assert "nothing above 0 to draw on a log scale" in app.text


async def test_enter_asks_to_be_seen_alone() -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot.press("enter")
        assert app.told == ["expanded"]


async def test_the_crosshair_follows_the_pointer_and_stays_where_one_clicks() -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot.hover(Chart, offset=(40, 10))
        hovered = app.chart.crosshair
        assert hovered is not None
        await pilot.hover(Chart, offset=(60, 10))
        assert (app.chart.crosshair or 0) > hovered
        await pilot.click(Chart, offset=(50, 10))
        clicked = app.chart.crosshair
        await pilot.hover(Chart, offset=(20, 10))
        assert app.chart.crosshair == clicked


async def test_dragging_selects_what_is_zoomed_into() -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot._post_mouse_events([MouseDown], Chart, offset=(20, 10), button=1)
        await pilot._post_mouse_events([MouseMove], Chart, offset=(40, 12), button=1)
        inks = app.chart._picture and app.chart._picture.inks
        assert inks is not None
        assert (inks[5, 20:41] >= 0x80).all()
        await pilot._post_mouse_events([MouseUp], Chart, offset=(40, 12), button=1)
        assert app.chart.view.x == pytest.approx((1 + 400 * 13.5 / 73, 1 + 400 * 33.5 / 73), rel=0.02)
        assert app.told[-1] == "view"


async def test_the_wheel_zooms_around_the_pointer() -> None:
    app = Shown()
    async with shown(app) as pilot:
        await pilot._post_mouse_events([MouseScrollUp], Chart, offset=(40, 10))
        zoomed = app.chart.view.x
        assert zoomed is not None
        await pilot._post_mouse_events([MouseScrollDown], Chart, offset=(40, 10))
        await pilot._post_mouse_events([MouseScrollDown], Chart, offset=(40, 10))
        assert app.chart.view.x is None


async def test_it_follows_the_newest_data_unless_zoomed() -> None:
    app = Shown()
    async with shown(app) as pilot:
        app.chart.set_lines([line(decay(800))])
        assert app.chart._drawn
        assert app.chart._drawn.places
        assert app.chart._drawn.places.high >= 800
        await pilot.press("plus")
        zoomed = app.chart.view.x
        app.chart.set_lines([line(decay(1600))])
        assert app.chart.view.x == zoomed


async def test_without_a_point_it_says_so() -> None:
    app = Shown(Plot([], title="loss", empty="no value yet"))
    async with shown(app) as pilot:
        assert "no value yet" in app.text
        await pilot.press("h", "l", "plus", "comma", "g", "X", "Y", "r")
        assert app.chart.crosshair is None


@pytest.mark.parametrize("size", [(80, 24), (20, 6), (12, 3), (5, 2), (1, 1)])
@pytest.mark.parametrize("plain", [False, True])
async def test_it_is_drawn_in_any_size(size: tuple[int, int], plain: bool) -> None:
    app = Shown(
        Plot([line(decay(50)), line([1.0] * 9, label="val")], title="loss", metric="loss"), plain=plain
    )
    async with shown(app, size) as pilot:
        await pilot.press("h", "plus", "Y")
        lines = app.text.split("\n")
        assert max(map(len, lines)) <= size[0]
        assert lines[0].startswith("loss"[: size[0]])
        assert app.text.isascii() or not plain


async def test_a_theme_for_a_light_ground_has_darker_lines() -> None:
    app = Shown()
    async with shown(app):
        assert app.chart._series_colour(0, False).hex == "#56B4E9"
        app.theme = "textual-light"
        assert app.chart._series_colour(0, False).hex == "#0072B2"


async def test_a_name_in_wide_characters_leaves_the_lines_as_long_as_they_were() -> None:
    app = Shown(replace(LOSS, title="損失 ñ", lines=[line([1.0, 2.0], label="実験")]))
    async with shown(app):
        assert {strip.cell_length for strip in app.chart.render_lines(app.chart.size.region)} == {80}
        assert app.text.startswith("損失 ñ  ━ 実験 2")


async def test_a_new_point_sends_little_and_nothing_new_sends_nothing() -> None:
    random = np.random.default_rng(0)
    x, noise = np.arange(1.0, 20_101.0), 0.05 * random.standard_normal(20_100)
    y = 0.3 + 3.7 * np.exp(-x / 4000) + noise
    app = Shown(driver_class=Wire)
    sent: list[int] = []

    def newest(count: int) -> list[Line]:
        raw = Points(x[:count], y[:count])
        epochs = points([1000.0 * epoch for epoch in range(1, 21)], [4.0 / epoch for epoch in range(1, 21)])
        return [Line("train", raw, "#56b4e9", ghost=raw), Line("val", epochs, "#e69f00", dots=True)]

    async def act(pilot: Pilot[None]) -> None:
        await pilot.pause()
        app.chart.set_lines(newest(20_000))
        await pilot.pause(0.1)
        take_bytes(app)
        for count in range(20_001, 20_021):
            app.chart.set_lines(newest(count))
            await pilot.pause(0.05)
            sent.append(take_bytes(app))
        app.chart.set_lines(newest(20_020))
        await pilot.pause(0.1)
        sent.append(take_bytes(app))

    await on_the_wire(app, (160, 40), act)
    assert max(sent[:-1]) < 2000
    assert sum(sent[:-1]) > 0
    assert sent[-1] == 0
