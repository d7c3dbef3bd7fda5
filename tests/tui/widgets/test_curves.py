"""The panel of curves in an app: every key changes what is shown, of one run and of several."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from slt_engine.run.directory import RunDir, RunError
from slt_tui.series import smooth
from slt_tui.widgets.chart import Chart
from slt_tui.widgets.curves import CurveRun, Curves
from tests.support.series import curve_run, write_journals, write_steps
from tests.support.wire import Wire, on_the_wire, take_bytes


class Shown(App[None]):
    """A panel of curves, and what it asks for."""

    def __init__(self, runs: Sequence[CurveRun], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.runs = runs
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield Curves(self.runs)

    @property
    def curves(self) -> Curves:
        return self.query_one(Curves)

    @property
    def charts(self) -> list[Chart]:
        """Those that are seen, in reading order."""
        return [chart for chart in self.query(Chart) if chart.display]

    @property
    def titles(self) -> list[str]:
        return [chart.plot.title for chart in self.charts]

    @property
    def standing(self) -> str:
        return str(self.query_one("#standing", Static).content)

    def on_curves_metric_asked(self) -> None:
        self.asked.append("metric")

    def on_curves_export_asked(self) -> None:
        self.asked.append("export")


@pytest.fixture
def one(tmp_path: Path) -> list[CurveRun]:
    return [curve_run(write_journals(tmp_path / "one"))]


@pytest.fixture
def two(one: list[CurveRun], tmp_path: Path) -> list[CurveRun]:
    return [*one, curve_run(write_journals(tmp_path / "two", steps=300, epochs=15), 1)]


@asynccontextmanager
async def shown(runs: Sequence[CurveRun], size: tuple[int, int]) -> AsyncIterator[tuple[Shown, Pilot[None]]]:
    app = Shown(runs)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


SMALL, LARGE = (80, 24), (160, 45)


async def test_small_there_is_one_chart_and_large_there_are_four(one: list[CurveRun]) -> None:
    async with shown(one, SMALL) as (app, pilot):
        assert app.titles == ["loss"]
        await pilot.resize_terminal(*LARGE)
        await pilot.pause()
        assert app.titles == ["loss", "perplexity", "teacher forcing", "CER"]
        places = [chart.region.offset for chart in app.charts]
        assert places[0].y == places[1].y
        assert places[0].x == places[2].x


async def test_loss_has_training_by_steps_and_validation_by_epochs_in_another_colour(
    one: list[CurveRun],
) -> None:
    async with shown(one, SMALL) as (app, _):
        train, val = app.charts[0].plot.lines
        assert (train.label, len(train.points.x), train.dots) == ("train", 200, False)
        assert (val.label, len(val.points.x), val.dots) == ("val", 10, True)
        assert train.colour != val.colour


@pytest.mark.parametrize(
    ("keys", "titles"),
    [
        (["right_square_bracket"], ["perplexity"]),
        (["j", "down"], ["teacher forcing"]),
        (["j", "j", "k", "left_square_bracket"], ["loss"]),
        (["k"], ["learning rate"]),
    ],
)
async def test_brackets_and_up_and_down_go_through_the_metrics(
    one: list[CurveRun], keys: list[str], titles: list[str]
) -> None:
    async with shown(one, SMALL) as (app, pilot):
        await pilot.press(*keys)
        assert app.titles == titles
        assert app.focused is app.charts[0]


async def test_in_a_grid_the_focus_goes_on_and_turns_the_page(one: list[CurveRun]) -> None:
    async with shown(one, LARGE) as (app, pilot):
        await pilot.press("tab", "tab")
        assert app.curves.metric == "teacher_forcing"
        await pilot.press("j", "j")
        assert app.titles == ["BLEU", "learning rate"]
        assert app.curves.shown().metric == "bleu"
        assert app.focused is app.charts[0]


@pytest.mark.parametrize("key", ["e", "enter"])
async def test_a_chart_is_expanded_and_put_back(one: list[CurveRun], key: str) -> None:
    async with shown(one, LARGE) as (app, pilot):
        await pilot.press("tab", key)
        await pilot.pause()
        assert app.titles == ["perplexity"]
        assert app.focused is app.charts[0]
        await pilot.press(key)
        await pilot.pause()
        assert app.titles == ["loss", "perplexity", "teacher forcing", "CER"]
        assert app.focused is app.charts[1]


async def test_the_axis_is_steps_then_epochs_then_time(one: list[CurveRun]) -> None:
    async with shown(one, SMALL) as (app, pilot):
        ends = []
        for _ in range(4):
            ends.append((app.charts[0].plot.axis, float(app.charts[0].plot.lines[0].points.x[-1])))
            await pilot.press("a")
        assert ends == [("step", 200), ("epoch", 10), ("time", 597), ("step", 200)]
        assert app.standing.startswith("by epoch")


async def test_smoothing_is_tensorboards_with_the_raw_numbers_behind(one: list[CurveRun]) -> None:
    async with shown(one, SMALL) as (app, pilot):
        raw = np.array(app.charts[0].plot.lines[0].points.y)
        await pilot.press("s", "s")
        train, val = app.charts[0].plot.lines
        assert "smoothing 0.6" in app.standing
        assert train.points.y == pytest.approx(smooth(raw, 0.6))
        assert train.ghost is not None
        assert train.ghost.y == pytest.approx(raw)
        assert val.ghost is None
        await pilot.press("S", "S", "S")
        assert "not smoothed" in app.standing
        assert app.charts[0].plot.lines[0].ghost is None


async def test_epochs_are_smoothed_where_there_are_no_steps(one: list[CurveRun]) -> None:
    async with shown(one, SMALL) as (app, pilot):
        await pilot.press("s", "j", "j", "j")
        assert app.titles == ["CER"]
        assert app.charts[0].plot.lines[0].ghost is not None


async def test_train_and_val_are_shown_together_or_alone(one: list[CurveRun]) -> None:
    async with shown(one, SMALL) as (app, pilot):
        labels = []
        for _ in range(4):
            labels.append([line.label for line in app.charts[0].plot.lines])
            await pilot.press("t")
        assert labels == [["train", "val"], ["train"], ["val"], ["train", "val"]]


async def test_logarithms_zoom_and_crosshair_are_the_same_in_all_charts(one: list[CurveRun]) -> None:
    async with shown(one, LARGE) as (app, pilot):
        await pilot.press("Y", "X", "X", "G", "H", "plus")
        await pilot.pause()
        assert {chart.view for chart in app.charts} == {app.charts[0].view}
        assert app.charts[0].view.y_log
        assert app.charts[0].view.x is not None
        assert {chart.crosshair for chart in app.charts} == {app.charts[0].crosshair}
        assert app.charts[0].crosshair is not None
        await pilot.press("j", "0")
        await pilot.pause()
        assert {(chart.view.x, chart.crosshair) for chart in app.charts} == {(None, None)}


async def test_another_axis_shows_all_again(one: list[CurveRun]) -> None:
    async with shown(one, SMALL) as (app, pilot):
        await pilot.press("h", "plus", "a")
        assert app.charts[0].view.x is None
        assert app.charts[0].crosshair is None


async def test_metrics_and_files_are_asked_for(one: list[CurveRun]) -> None:
    async with shown(one, SMALL) as (app, pilot):
        await pilot.press("m", "w")
        assert app.asked == ["metric", "export"]
        app.curves.show_metric("bleu")
        assert app.titles == ["BLEU"]
        app.curves.show_metric("nothing")
        assert app.titles == ["BLEU"]


async def test_several_runs_have_their_names_and_colours_and_validation_another_shade(
    two: list[CurveRun],
) -> None:
    async with shown(two, SMALL) as (app, pilot):
        lines = app.charts[0].plot.lines
        assert [line.label for line in lines] == ["one train", "one val", "two train", "two val"]
        assert [line.legend for line in lines] == ["one", "val", "two", "val"]
        assert [line.colour for line in lines] == [two[0].colour] * 2 + [two[1].colour] * 2
        assert [line.shade > 0 for line in lines] == [False, True, False, True]
        await pilot.press("t")
        assert [line.label for line in app.charts[0].plot.lines] == ["one train", "two train"]


async def test_new_rows_are_shown_and_nothing_is_done_without_them(
    one: list[CurveRun], tmp_path: Path
) -> None:
    async with shown(one, SMALL) as (app, pilot):
        drawn = app.charts[0]._drawn
        app.curves.refresh_series()
        assert app.charts[0]._drawn is drawn
        await pilot.press("s")
        write_steps(curve_dir(tmp_path), 201, 230)
        assert one[0].series.load()
        app.curves.refresh_series()
        assert len(app.charts[0].plot.lines[0].points.x) == 230


async def test_the_first_number_of_a_run_brings_its_chart(tmp_path: Path) -> None:
    run = write_journals(tmp_path / "one", steps=0, epochs=0)
    mine = curve_run(run)
    async with shown([mine], LARGE) as (app, pilot):
        await pilot.press("j", "m", "e", "a", "s", "t", "e")
        assert app.titles == [""]
        write_steps(run, 1, 3)
        mine.series.load()
        app.curves.refresh_series()
        await pilot.pause()
        assert app.titles == ["loss", "perplexity", "teacher forcing", "learning rate"]


async def test_what_is_shown_is_written_by_the_files_ending(two: list[CurveRun], tmp_path: Path) -> None:
    async with shown(two, SMALL) as (app, _):
        for ending in ("svg", "csv", "json"):
            app.curves.export(tmp_path / f"loss.{ending}")
        assert (tmp_path / "loss.svg").read_text().startswith("<svg")
        assert (tmp_path / "loss.csv").read_text().count("\n") == 1 + 200 + 10 + 300 + 15
        assert len(json.loads((tmp_path / "loss.json").read_text())["series"]) == 4
        with pytest.raises(RunError, match=r"\.svg, \.csv, \.json"):
            app.curves.export(tmp_path / "loss.png")
        with pytest.raises(RunError, match="No such file"):
            app.curves.export(tmp_path / "nowhere" / "loss.csv")


async def test_four_charts_of_a_run_that_goes_on_send_little(one: list[CurveRun], tmp_path: Path) -> None:
    app = Shown(one, driver_class=Wire)
    sent: list[int] = []

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("s", "s", "s")
        await pilot.pause(0.2)
        take_bytes(app)
        for step in range(201, 209):
            write_steps(curve_dir(tmp_path), step, step)
            one[0].series.load()
            app.curves.refresh_series()
            await pilot.pause(0.05)
            sent.append(take_bytes(app))
        app.curves.refresh_series()
        await pilot.pause(0.1)
        sent.append(take_bytes(app))

    await on_the_wire(app, LARGE, act)
    assert sorted(sent)[4] < 2000
    assert sent[-1] == 0


def curve_dir(root: Path) -> RunDir:
    return RunDir(root / "one")
