"""Curves in a terminal: readable at 80 columns, without colours and without UTF-8."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.journal import Journal
from slt_tui.chart.line import Line
from slt_tui.chart.plot import Plot
from slt_tui.chart.view import View
from slt_tui.cli.curves import draw_plots, draw_run, plots_of
from slt_tui.cli.plot_text import Paper, draw_plot
from tests.support.points import points

PLAIN = Paper(width=80, height=12, colours=False, unicode=True)
ASCII = Paper(width=80, height=12, colours=False, unicode=False)
COLOURED = Paper(width=80, height=12, colours=True, unicode=True)


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    """Twenty epochs of 1,000 steps; only even epochs are decoded."""
    run = RunDir(tmp_path)
    epochs, steps = Journal(run.metrics), Journal(run.steps)
    for epoch in range(1, 21):
        loss = 4 * math.exp(-epoch / 5)
        val = {"loss": loss + 0.3, **({} if epoch % 2 else {"cer": math.exp(-epoch / 4)})}
        epochs.append(
            {
                "epoch": epoch,
                "step": 1000 * epoch,
                "train": {"loss": loss, "perplexity": math.exp(loss)},
                "val": val,
            }
        )
    for step in range(1, 20_001):
        steps.append({"step": step, "epoch": 1 + step // 1000, "loss": 9.0 if step == 12_345 else 1.0})
    return run


@pytest.mark.parametrize("paper", [PLAIN, ASCII])
def test_every_line_fits_the_paper(run: RunDir, paper: Paper) -> None:
    lines = draw_run(run, paper).split("\n")
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if re.match(r"[a-zA-Z]", line)] == ["loss", "perplexity", "CER"]


def test_without_utf_8_everything_is_ascii(run: RunDir) -> None:
    text = draw_run(run, ASCII)
    assert text.isascii()
    assert "loss   . train 0.07326   o val 0.3733" in text


def test_without_colours_the_two_curves_differ_by_their_points(run: RunDir) -> None:
    text = draw_run(run, PLAIN, metrics=["loss"])
    assert "\x1b" not in text
    assert text.startswith("loss   ━ train 0.07326   • val 0.3733")
    assert text.count("•") > 15


def test_with_colours_both_curves_are_lines(run: RunDir) -> None:
    text = draw_run(run, COLOURED, metrics=["loss"])
    assert "•" not in text
    assert {"\x1b[38;5;2m", "\x1b[38;5;11m"} <= set(re.findall(r"\x1b\[38;5;\d+m", text))


def test_the_heading_has_the_last_value_and_the_best_where_it_is_another() -> None:
    lines = [Line("val", points([1, 2, 3], [0.5, 0.125, 0.25]), "#56b4e9")]
    assert draw_plot(Plot(lines, title="CER", metric="cer"), PLAIN).startswith(
        "CER   • val 25.0 % (best 12.5 % at 2)"
    )
    assert draw_plot(Plot(lines, title="BLEU", metric="bleu"), PLAIN).startswith(
        "BLEU   • val 0.2 (best 0.5 at 1)"
    )


def test_the_marks_are_round_numbers_within_the_data(run: RunDir) -> None:
    text = draw_run(run, PLAIN, metrics=["cer"])
    assert re.findall(r"^ *(\d+ %)┤", text, re.MULTILINE) == ["60 %", "40 %", "20 %"]
    assert text.split("\n")[-1].split() == ["5", "10", "15", "20"]


def test_by_steps_one_spike_in_twenty_thousand_is_visible(run: RunDir) -> None:
    text = draw_run(run, PLAIN, by="step", metrics=["loss"])
    columns = [line.index("⡇") if "⡇" in line else line.index("⢸") for line in text.split("\n")[3:8]]
    assert len(set(columns)) == 1
    assert "5,000" in text.split("\n")[-1]


@pytest.mark.parametrize(
    ("x", "y"), [([1], [2.0]), ([1, 2], [2.0, 2.0]), ([1, 2], [0.0, 0.0]), ([7, 8], [-1.0, 1e9])]
)
def test_few_or_equal_points_are_drawn_all_the_same(x: list[float], y: list[float]) -> None:
    plot = Plot([Line("train", points(x, y), "#56b4e9")], metric="loss")
    for paper in (PLAIN, ASCII, COLOURED):
        assert len(draw_plot(plot, paper).split("\n")) == 13


def test_a_logarithmic_scale_makes_a_line_of_an_exponential() -> None:
    epochs = range(1, 21)
    line = Line("train", points(list(epochs), [math.exp(-epoch) for epoch in epochs]), "#56b4e9")
    text = draw_plot(Plot([line], View(y_log=True), metric="loss"), ASCII)
    rows = re.findall(r"^[^|+]*[|+](.*)[|]$", text, re.MULTILINE)
    middles = [sum(found.start() for found in re.finditer(r"\.", row)) / row.count(".") for row in rows]
    gaps = [right - left for left, right in pairwise(middles)]
    assert max(gaps) - min(gaps) <= 4


def test_nothing_above_0_is_said_where_the_scale_is_logarithmic() -> None:
    plot = Plot([Line("train", points([1, 2], [0.0, 0.0]), "#56b4e9")], View(y_log=True), title="loss")
    assert draw_plot(plot, PLAIN) == "loss   nothing above 0 to draw on a logarithmic scale"


def test_nothing_to_draw_is_an_error_that_names_the_file(run: RunDir, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"metrics\.jsonl: no epoch yet"):
        draw_run(RunDir(tmp_path / "empty"), PLAIN)
    with pytest.raises(RunError, match=r"no wer, rouge in it; there is loss, perplexity, cer"):
        draw_run(run, PLAIN, metrics=["loss", "wer", "rouge"])


def test_by_time_the_marks_are_those_of_a_clock(tmp_path: Path) -> None:
    steps = Journal(RunDir(tmp_path).steps)
    for step in range(1, 101):
        steps.append({"step": step, "time": 1e9 + 36 * step, "loss": 1 / step})
    text = draw_run(RunDir(tmp_path), PLAIN, by="time")
    assert "20 min" in text.split("\n")[-1]
    with pytest.raises(RunError, match="no epoch yet"):
        draw_run(RunDir(tmp_path), PLAIN, by="epoch")


def test_smoothing_draws_the_average_and_keeps_the_raw_numbers(run: RunDir) -> None:
    (plot,) = plots_of([run], by="step", metrics=["loss"], smoothing=0.9)
    train = plot.lines[0]
    assert train.points.y.max() < 2
    assert train.ghost is not None
    assert train.ghost.y.max() == 9.0


def test_several_runs_are_overlaid_under_their_names(run: RunDir, tmp_path: Path) -> None:
    other = RunDir(tmp_path / "other")
    other.path.mkdir()
    Journal(other.metrics).append({"epoch": 3, "step": 30, "train": {"loss": 7.0}, "val": {"loss": 8.0}})
    (plot,) = plots_of([run, other], metrics=["loss"])
    names = [f"{run.path.name} train", f"{run.path.name} val", "other train", "other val"]
    assert [line.label for line in plot.lines] == names
    lines = draw_plots([plot], PLAIN).split("\n")
    assert max(map(len, lines)) <= 80
    assert "3 other train 7" in draw_plots([plot], PLAIN)
