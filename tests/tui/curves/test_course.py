"""Which lines a chart of runs has, and smoothing that goes on where it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slt_engine.run.journal import Journal
from slt_tui.curves.course import Smoothed, lines_of, metrics_of
from slt_tui.curves.settings import WEIGHTS, Settings
from slt_tui.palette import SERIES, SERIES_LIGHT
from slt_tui.series import SeriesKey, smooth
from tests.support.series import curve_run, write_journals, write_steps

LOSS = SeriesKey("loss", "train", "step")


def test_smoothing_goes_on_with_new_rows_and_begins_anew_where_old_ones_change(tmp_path: Path) -> None:
    run = write_journals(tmp_path / "run", gap_at=50)
    series, smoothed = curve_run(run).series, Smoothed()

    def as_if_whole() -> bool:
        found = smoothed.points(series, LOSS, "step", 0.9)
        return np.allclose(found.y, smooth(series.points(LOSS, "step").y, 0.9), equal_nan=True)

    assert as_if_whole()
    write_steps(run, 201, 260)
    assert series.load()
    assert as_if_whole()
    Journal(run.steps).append({"step": 100, "time": 1e9, "loss": 77.0})
    assert series.load()
    assert as_if_whole()


def test_epochs_come_first_where_they_are_asked_for(tmp_path: Path) -> None:
    mine = [curve_run(write_journals(tmp_path / "run"))]
    by_step, by_epoch = (
        lines_of(mine, "loss", Settings(axis="epoch"), Smoothed(), first=first) for first in ("step", "epoch")
    )
    assert [len(line.points.x) for line in by_step] == [200, 10]
    assert [len(line.points.x) for line in by_epoch] == [10, 10]


def test_validation_of_the_only_run_has_the_next_colour_whatever_the_ground(tmp_path: Path) -> None:
    mine = curve_run(write_journals(tmp_path / "run"))
    for colour in (SERIES[0], SERIES_LIGHT[0]):
        lines = lines_of([mine._replace(colour=colour)], "loss", Settings(), Smoothed())
        assert [line.colour for line in lines] == [SERIES[0], SERIES[1]]


def test_the_metrics_are_those_of_any_run_and_each_once(tmp_path: Path) -> None:
    bare = write_journals(tmp_path / "bare", epochs=0)
    runs = [curve_run(bare), curve_run(write_journals(tmp_path / "full"))]
    assert metrics_of(runs)[:4] == ["loss", "perplexity", "teacher_forcing", "learning_rate"]
    assert sorted(metrics_of(runs)) == sorted({"bleu", "cer", *metrics_of(runs[:1])})
    assert lines_of(runs[:1], "cer", Settings(), Smoothed()) == []


def test_settings_go_round_and_weights_have_ends() -> None:
    settings = Settings()
    assert settings.with_next_axis().with_next_axis().with_next_axis() == settings
    assert settings.with_next_parts().with_next_parts().with_next_parts() == settings
    assert settings.smoother(99).smoothing == WEIGHTS[-1]
    assert settings.smoother(-1) == settings


@pytest.mark.parametrize(("size", "charts"), [((80, 20), 1), ((96, 40), 3), ((160, 44), 4), ((20, 4), 1)])
def test_there_is_room_for_so_many_charts(size: tuple[int, int], charts: int) -> None:
    from slt_tui.widgets.curves.room import room_for

    assert room_for(*size).charts == charts
