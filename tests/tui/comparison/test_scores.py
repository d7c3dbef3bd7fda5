"""Scores against a baseline: last, best, at a step or epoch, and whether a difference is a gain."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from slt_tui.comparison.scores import At, MetricScores, Score, compare_scores, direction, verdict_on
from slt_tui.comparison.wording import delta_text, value_text
from slt_tui.numbers import loaded
from slt_tui.series import RunSeries


def run_of(path: Path, cers: Iterable[float | None], **more: Any) -> RunSeries:
    path.mkdir()
    rows = [
        {"epoch": n, "step": 10 * n, "train": {"loss": 1 / n}, "val": {"cer": cer, "bleu": 10 * n}, **more}
        for n, cer in enumerate(cers, start=1)
    ]
    (path / "metrics.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return loaded(path)


def one(tables: list[MetricScores], metric: str, part: str = "val") -> MetricScores:
    return next(table for table in tables if (table.metric, table.part) == (metric, part))


def test_every_run_is_held_against_the_first(tmp_path: Path) -> None:
    runs = [run_of(tmp_path / "a", [0.5, 0.2, 0.3]), run_of(tmp_path / "b", [0.4, 0.25])]
    cer = one(compare_scores(runs), "cer")
    assert cer.rows[0].last == Score(0.3, 3, "epoch")
    assert cer.rows[0].best == Score(0.2, 2, "epoch")
    assert cer.rows[1].last == Score(0.25, 2, "epoch", pytest.approx(-0.05), "better")
    assert cer.rows[1].best == Score(0.25, 2, "epoch", pytest.approx(0.05), "worse")


def test_another_run_may_be_the_baseline(tmp_path: Path) -> None:
    runs = [run_of(tmp_path / "a", [0.5]), run_of(tmp_path / "b", [0.25])]
    cer = one(compare_scores(runs, baseline=1), "cer")
    assert (cer.rows[0].last.verdict, cer.rows[1].last.delta) == ("worse", None)


def test_at_a_step_or_epoch_the_latest_value_there_or_before_counts(tmp_path: Path) -> None:
    runs = [run_of(tmp_path / "a", [0.5, None, 0.3]), run_of(tmp_path / "b", [0.4, 0.25, 0.2])]
    for at in (At("epoch", 2), At("step", 29)):
        cer = one(compare_scores(runs, at=at), "cer")
        assert [row.at.value for row in cer.rows] == [0.5, 0.25]
    assert one(compare_scores(runs, at=At("step", 5)), "cer").rows[0].at.value is None


def test_the_usual_metrics_come_first_validation_before_training(tmp_path: Path) -> None:
    tables = compare_scores([run_of(tmp_path / "a", [0.5])])
    assert [(table.metric, table.part) for table in tables] == [
        ("loss", "train"),
        ("cer", "val"),
        ("bleu", "val"),
    ]


def test_metrics_are_chosen_by_name_with_or_without_the_part(tmp_path: Path) -> None:
    runs = [run_of(tmp_path / "a", [0.5], learning_rate=1.0)]
    assert [table.metric for table in compare_scores(runs, metrics=["val.cer"])] == ["cer"]
    assert [table.metric for table in compare_scores(runs, metrics=["learning_rate"])] == ["learning_rate"]
    assert compare_scores(runs, metrics=["train.cer"]) == []


def test_a_run_without_a_metric_has_no_value_and_no_difference(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    runs = [run_of(tmp_path / "a", [0.5]), loaded(tmp_path / "b")]
    row = one(compare_scores(runs), "cer").rows[1]
    assert row.last == Score()
    assert value_text("cer", row.last) == "-"


def test_where_no_usual_metric_is_all_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "dreamer.jsonl"
    path.write_text('{"step": 1, "train/return": -5.0}\n{"step": 2, "train/return": -3.0}\n')
    (table,) = compare_scores([loaded(path)])
    assert (table.metric, table.part) == ("return", "train")
    assert table.rows[0].best == Score(-3.0, 2, "step")


@pytest.mark.parametrize(
    ("metric", "delta", "verdict"),
    [
        ("cer", -0.1, "better"),
        ("bleu", -0.1, "worse"),
        ("rougeL", 0.1, "better"),
        ("loss_ctc", 0.1, "worse"),
        ("cer", 0.0, "same"),
        ("learning_rate", 0.1, ""),
        ("cer", None, ""),
    ],
)
def test_whether_a_difference_is_a_gain_depends_on_the_metric(
    metric: str, delta: float | None, verdict: str
) -> None:
    assert verdict_on(metric, delta) == verdict


def test_of_a_learning_rate_no_direction_is_better() -> None:
    assert [direction(name) for name in ("cer", "chrf", "lr", "samples_per_s", "eval/wer")] == [
        "lower",
        "higher",
        "",
        "",
        "lower",
    ]


def test_differences_carry_their_sign_and_error_rates_are_in_points() -> None:
    assert delta_text("cer", Score(0.2, 1, delta=-0.05, verdict="better")) == "-5.0"
    assert delta_text("loss", Score(2.0, 1, delta=0.25, verdict="worse")) == "+0.25"
    assert delta_text("loss", Score(2.0, 1, delta=0.0, verdict="same")) == "="
    assert delta_text("loss", Score(2.0, 1)) == ""
