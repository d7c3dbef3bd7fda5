"""Files that other programs wrote."""

from __future__ import annotations

import json
from pathlib import Path

from slt_tui.series import SeriesKey
from tests.tui.series.files import append, key, load_all, pairs, read, shared_log


def test_a_journal_with_slashes_in_its_names_has_parts() -> None:
    series = read(shared_log("dreamer.metrics.jsonl"))
    assert series.keys == [key("episodes", ""), key("length"), key("return")]
    x, y = series.points(key("return"), "step")
    assert (len(x), x[0], x[-1], y[0]) == (50, 100.0, 5000.0, -50.0)
    assert series.best(key("return")) == (-44.0, 2900.0)
    assert len(series.points(key("return"), "time").x) == 0


def test_a_trainer_state_has_training_and_evaluation() -> None:
    series = read(shared_log("mt5.trainer_state.json"))
    assert [len(series.points(key("loss", part), "step").x) for part in ("train", "val")] == [700, 70]
    assert key("rougeL", "val") in series.keys
    assert pairs(series, key("loss"))[:2] == [(10.0, 25.5062), (20.0, 21.8413)]


def test_epochs_that_were_rounded_lose_no_point() -> None:
    series = read(shared_log("mt5.trainer_state.json"))
    x = series.points(key("loss"), "epoch").x
    assert len(x) == 700
    assert abs(x[-1] - 2.23) < 0.02


def test_several_evaluation_sets_keep_their_names() -> None:
    series = read(shared_log("viz.trainer_state.json"))
    sets = [found.metric for found in series.keys if found.metric.endswith("_loss")]
    assert sets == [f"g{number}_loss" for number in range(6)]
    assert len(series.points(key("g5_loss", "val"), "epoch").x) == 31


def test_a_trainer_state_that_is_replaced_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    path.write_text(json.dumps({"log_history": [{"step": 1, "loss": 2.0}]}))
    series = read(path)
    path.write_text('{"log_history": [{"ste')
    series.load()
    assert pairs(series, key("loss")) == [(1.0, 2.0)]
    summary = {"step": 2, "train_runtime": 9.0, "train_loss": 1.5}
    rows = [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}, summary]
    path.write_text(json.dumps({"log_history": rows}))
    load_all(series)
    assert pairs(series, key("loss")) == [(1.0, 2.0), (2.0, 1.0)]


def test_a_directory_with_a_trainer_state_only_opens(tmp_path: Path) -> None:
    (tmp_path / "trainer_state.json").write_text(
        '{"log_history": [{"step": 3, "eval_loss": NaN}, {"eval_loss": 1}]}'
    )
    assert pairs(read(tmp_path), key("loss", "val")) == [(2.0, 1.0), (3.0, None)]


def test_rows_that_count_nothing_are_counted(tmp_path: Path) -> None:
    path = append(tmp_path / "log.jsonl", {"loss": 3.0}, {"text": "x"}, {"loss": 1.0})
    assert pairs(read(path), key("loss")) == [(1.0, 3.0), (3.0, 1.0)]


def test_rows_that_count_epochs_only_are_epochs(tmp_path: Path) -> None:
    path = append(tmp_path / "log.jsonl", *({"epoch": n, "loss": 1.0 / n, "val_loss": 2.0} for n in (1, 2)))
    series = read(path)
    assert pairs(series, key("loss", "train", "epoch"), "epoch") == [(1.0, 1.0), (2.0, 0.5)]
    assert pairs(series, key("loss", "val", "epoch"), "epoch") == [(1.0, 2.0), (2.0, 2.0)]
    assert pairs(series, key("loss", "val", "epoch"), "step") == []


def test_other_names_of_the_axes_are_known(tmp_path: Path) -> None:
    path = append(
        tmp_path / "log.jsonl", {"_step": 5, "_timestamp": 100.0, "_runtime": 1.0, "train/loss": 2.0}
    )
    append(path, {"_step": 6, "_timestamp": 107.0, "_runtime": 8.0, "train/loss": 1.0})
    series = read(path)
    assert series.keys == [key("loss")]
    assert pairs(series, key("loss")) == [(5.0, 2.0), (6.0, 1.0)]
    assert pairs(series, key("loss"), "time") == [(0.0, 2.0), (7.0, 1.0)]


def test_two_sets_with_the_same_metric_are_not_mixed(tmp_path: Path) -> None:
    path = append(tmp_path / "log.jsonl", {"step": 1, "val/loss": 1.0, "test/loss": 2.0, "eval/loss": 3.0})
    series = read(path)
    assert [(found.metric, series.latest(found)) for found in series.keys] == [
        ("loss", 1.0),
        ("eval/loss", 3.0),
        ("test/loss", 2.0),
    ]


def test_series_that_come_in_rows_of_their_own_keep_their_own_points(tmp_path: Path) -> None:
    rows = [
        {"step": n, "a": 1.0, **({"b": 2.0} if n % 2 else {}), **({"c": 3.0} if n == 4 else {})}
        for n in range(1, 6)
    ]
    series = read(append(tmp_path / "log.jsonl", *rows))
    assert [x for x, _ in pairs(series, SeriesKey("a", "", "step"))] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert [x for x, _ in pairs(series, SeriesKey("b", "", "step"))] == [1.0, 3.0, 5.0]
    assert [x for x, _ in pairs(series, SeriesKey("c", "", "step"))] == [4.0]


def test_rows_of_one_step_in_several_lines_come_together(tmp_path: Path) -> None:
    path = append(tmp_path / "log.jsonl", {"step": 1, "a": 1.0}, {"step": 1, "b": 2.0}, {"step": 1, "a": 5.0})
    series = read(path)
    assert pairs(series, SeriesKey("a", "", "step")) == [(1.0, 5.0)]
    assert pairs(series, SeriesKey("b", "", "step")) == [(1.0, 2.0)]


def test_a_name_that_no_terminal_should_show_is_passed_over(tmp_path: Path) -> None:
    names = {"\x1b[31mred": 1.0, "a\nb": 2.0, "\ud800": 3.0, "x" * 5000: 4.0, "sound": 5.0}
    series = read(append(tmp_path / "log.jsonl", {"step": 1, **names}))
    assert series.metrics == ["sound"]
