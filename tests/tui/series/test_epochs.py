"""Where steps lie along the epochs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir
from slt_engine.run.status import write_status
from tests.support.fake_runs import NOBODY, status_by
from tests.support.fake_trainer import epoch_row
from tests.tui.series.files import append, key, load_all, read, step_row


def test_in_the_first_epoch_the_plan_tells_its_length(tmp_path: Path) -> None:
    write_status(RunDir(tmp_path), replace(status_by(NOBODY), steps=100, epochs=10))
    append(tmp_path / "steps.jsonl", *(step_row(step) for step in (1, 2, 5)))
    assert read(tmp_path).points(key("loss"), "epoch").x.tolist() == pytest.approx([0.1, 0.2, 0.5])


def test_without_epoch_rows_the_steps_themselves_tell(tmp_path: Path) -> None:
    append(tmp_path / "steps.jsonl", *(step_row(step) for step in range(1, 26)))
    x = read(tmp_path).points(key("loss"), "epoch").x
    assert x[[0, 9, 19, 24]].tolist() == pytest.approx([0.1, 1.0, 2.0, 2.5])


def test_epochs_counted_from_0_end_at_1(tmp_path: Path) -> None:
    rows = ({"step": step, "epoch": (step - 1) // 10, "loss": 1.0} for step in range(1, 21))
    x = read(append(tmp_path / "log.jsonl", *rows)).points(key("loss"), "epoch").x
    assert x[[0, 9, 19]].tolist() == pytest.approx([0.1, 1.0, 2.0])


def test_epochs_of_different_length_are_told_by_their_rows(tmp_path: Path) -> None:
    append(tmp_path / "metrics.jsonl", epoch_row(1, 10), epoch_row(2, 30))
    append(tmp_path / "steps.jsonl", *(step_row(step) for step in range(5, 45, 5)))
    x = read(tmp_path).points(key("loss"), "epoch").x
    assert x.tolist() == pytest.approx([0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5])


def test_an_epochs_end_moves_the_steps_that_were_guessed(tmp_path: Path) -> None:
    append(tmp_path / "metrics.jsonl", epoch_row(1, 10))
    append(tmp_path / "steps.jsonl", *(step_row(step) for step in (5, 10, 15)))
    series = read(tmp_path)
    assert series.points(key("loss"), "epoch").x.tolist() == pytest.approx([0.5, 1.0, 1.5])
    append(tmp_path / "metrics.jsonl", epoch_row(2, 30))
    append(tmp_path / "steps.jsonl", step_row(30))
    load_all(series)
    assert series.points(key("loss"), "epoch").x.tolist() == pytest.approx([0.5, 1.0, 1.25, 2.0])


def test_where_nothing_is_said_of_epochs_there_are_no_points(tmp_path: Path) -> None:
    series = read(append(tmp_path / "log.jsonl", {"step": 1, "loss": 1.0}))
    assert len(series.points(key("loss"), "epoch").x) == 0
