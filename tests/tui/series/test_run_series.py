"""A run's journals become series: names, parts, grains and the order of a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_tui.series import RunSeries
from tests.support.fake_trainer import epoch_row
from tests.tui.series.files import append, key, load_all, pairs, read, step_row


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Twenty steps and two epochs, as the engine writes them."""
    steps = (step_row(step, perplexity=8.0, teacher_forcing=1.0, lr=1e-4) for step in range(1, 21))
    append(tmp_path / "steps.jsonl", *steps)
    more = {
        "teacher_forcing": {"mode": "standard", "ratio": 0.9},
        "iteration_time_s": {"mean": 0.2, "p50": 0.1},
    }
    epochs = ({**epoch_row(epoch, 10 * epoch), "time": 1000.5 + 10 * epoch, **more} for epoch in (1, 2))
    append(tmp_path / "metrics.jsonl", *epochs)
    return tmp_path


def test_steps_and_epochs_of_training_and_validation_stand_apart(run: Path) -> None:
    series = read(run)
    losses = [found for found in series.keys if found.metric == "loss"]
    assert losses == [key("loss"), key("loss", grain="epoch"), key("loss", "val", "epoch")]
    assert pairs(series, key("loss", grain="epoch"), "epoch") == [(1.0, 2.0), (2.0, 1.0)]
    assert pairs(series, key("loss", "val", "epoch"), "epoch") == [(1.0, 2.5), (2.0, 1.25)]


def test_the_usual_metrics_come_first_and_the_others_by_name(run: Path) -> None:
    metrics = read(run).metrics
    assert metrics[:7] == ["loss", "perplexity", "teacher_forcing", "cer", "wer", "bleu", "chrf"]
    assert metrics[-3:] == ["epoch_time_s", "iteration_time_s/mean", "iteration_time_s/p50"]


def test_what_the_guide_reads_at_the_top_of_a_row_is_trainings_and_comes_once(run: Path) -> None:
    keys = read(run).keys
    assert [found for found in keys if found.metric == "loss_ctc_weighted"] == [
        key("loss_ctc_weighted", "train", "epoch"),
        key("loss_ctc_weighted", "val", "epoch"),
    ]
    assert key("loss_distillation_weighted", "train", "epoch") in keys


def test_names_are_the_same_for_steps_and_epochs(run: Path) -> None:
    series = read(run)
    assert pairs(series, key("teacher_forcing", "", "epoch"), "epoch") == [(1.0, 0.9), (2.0, 0.9)]
    assert pairs(series, key("teacher_forcing", ""))[0] == (1.0, 1.0)
    assert {found.grain for found in series.keys if found.metric == "learning_rate"} == {"step", "epoch"}


def test_nothing_that_is_counted_along_an_axis_and_no_text_is_a_metric(run: Path) -> None:
    append(run / "steps.jsonl", step_row(21, note="x", ok=True, many=[1, 2], best={"value": 3.0}))
    names = set(read(run).metrics)
    assert names.isdisjoint({"step", "epoch", "time", "note", "ok", "many", "best/value", "improved"})


def test_a_step_lies_within_its_epoch_by_the_steps_of_each(run: Path) -> None:
    x = read(run).points(key("loss"), "epoch").x
    assert x[[0, 9, 14, 19]].tolist() == pytest.approx([0.1, 1.0, 1.5, 2.0])


def test_times_of_steps_and_epochs_are_counted_from_the_runs_first_row(run: Path) -> None:
    series = read(run)
    assert pairs(series, key("loss"), "time")[0] == (0.0, 1.0)
    assert [x for x, _ in pairs(series, key("loss", grain="epoch"), "time")] == [9.5, 19.5]


def test_a_null_is_a_gap(tmp_path: Path) -> None:
    append(tmp_path / "steps.jsonl", step_row(1), {**step_row(2), "loss": None}, step_row(3, 0.25))
    assert pairs(read(tmp_path), key("loss")) == [(1.0, 1.0), (2.0, None), (3.0, 0.25)]


def test_a_series_without_any_number_is_not_offered(tmp_path: Path) -> None:
    append(tmp_path / "steps.jsonl", {**step_row(1), "perplexity": None})
    assert read(tmp_path).keys == [key("loss")]


def test_new_rows_extend_the_points_and_raise_the_version(run: Path) -> None:
    series = read(run)
    before = series.version
    assert not series.load()
    append(run / "steps.jsonl", step_row(21, 0.5))
    assert series.load()
    assert series.version > before
    assert pairs(series, key("loss"))[-1] == (21.0, 0.5)


def test_the_latest_and_the_best_value_pass_over_gaps(tmp_path: Path) -> None:
    path = append(tmp_path / "steps.jsonl", step_row(1, 3.0), step_row(2, 1.0), step_row(3, 2.0))
    append(path, {**step_row(4), "loss": None})
    series = read(tmp_path)
    assert series.latest(key("loss")) == 2.0
    assert series.best(key("loss")) == (1.0, 2.0)
    append(path, step_row(5, 0.5))
    load_all(series)
    assert series.best(key("loss")) == (0.5, 5.0)


def test_the_best_score_is_the_highest_where_higher_is_better(run: Path) -> None:
    series = read(run)
    assert series.best(key("bleu", "val", "epoch")) == (20.0, 2.0)
    assert series.best(key("cer", "val", "epoch")) == (0.25, 2.0)


def test_an_unknown_series_has_no_points(run: Path) -> None:
    series = read(run)
    assert pairs(series, key("nothing")) == []
    assert series.latest(key("nothing")) is None
    assert series.best(key("nothing")) is None


def test_a_directory_that_is_not_there_yet_has_no_series_until_it_is(tmp_path: Path) -> None:
    series = RunSeries(tmp_path / "later")
    load_all(series)
    assert (series.keys, series.share) == ([], 1.0)
    (tmp_path / "later").mkdir()
    append(tmp_path / "later" / "steps.jsonl", step_row(1))
    assert series.load()
    assert series.keys == [key("loss")]


def test_slices_tell_how_much_is_read(tmp_path: Path) -> None:
    append(tmp_path / "steps.jsonl", *(step_row(step) for step in range(1, 5001)))
    series = RunSeries(tmp_path)
    shares = []
    while series.is_behind:
        series.load(budget_s=0.0)
        shares.append(series.share)
    assert shares == sorted(shares)
    assert 0.0 < shares[0] < shares[-1] == 1.0
