"""A resumed run repeats rows: the last one of a step or an epoch counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.support.fake_trainer import epoch_row
from tests.tui.series.files import append, key, load_all, pairs, read, step_row


def test_rows_after_the_point_of_resume_replace_the_earlier_ones(tmp_path: Path) -> None:
    append(tmp_path / "steps.jsonl", *(step_row(step, 1.0) for step in range(1, 9)))
    append(tmp_path / "steps.jsonl", *(step_row(step, 2.0) for step in range(5, 12)))
    expected = [(float(step), 1.0 if step < 5 else 2.0) for step in range(1, 12)]
    assert pairs(read(tmp_path), key("loss")) == expected


def test_what_a_resumed_run_has_not_rewritten_stays(tmp_path: Path) -> None:
    append(tmp_path / "steps.jsonl", *(step_row(step, 1.0) for step in range(1, 9)))
    series = read(tmp_path)
    series.points(key("loss"), "step")
    append(tmp_path / "steps.jsonl", step_row(3, 2.0), step_row(5, 2.0))
    load_all(series)
    values = [y for _, y in pairs(series, key("loss"))]
    assert values == [1.0, 1.0, 2.0, 1.0, 2.0, 1.0, 1.0, 1.0]


def test_the_last_row_of_an_epoch_counts_even_at_another_step(tmp_path: Path) -> None:
    first, again = epoch_row(1, 10), epoch_row(1, 12)
    append(tmp_path / "metrics.jsonl", first, epoch_row(2, 20), {**again, "train": {"loss": 7.0}})
    assert pairs(read(tmp_path), key("loss", grain="epoch"), "epoch") == [(1.0, 7.0), (2.0, 1.0)]


def test_along_time_a_resumed_run_still_rises(tmp_path: Path) -> None:
    append(tmp_path / "steps.jsonl", *(step_row(step, 1.0) for step in range(1, 9)))
    later = ({**step_row(step, 2.0), "time": 2000.0 + step} for step in (3, 4))
    append(tmp_path / "steps.jsonl", *later)
    series = read(tmp_path)
    assert pairs(series, key("loss"), "time") == [
        *((x, 1.0) for x in (0.0, 1.0, 4.0, 5.0, 6.0, 7.0)),
        (1002.0, 2.0),
        (1003.0, 2.0),
    ]


def test_points_given_before_a_resume_stay_in_order(tmp_path: Path) -> None:
    """A chart may still hold them while it is drawn."""
    path = append(tmp_path / "steps.jsonl", *(step_row(2 * step, 1.0) for step in range(1, 300)))
    series = read(tmp_path)
    held = series.points(key("loss"), "step")
    append(path, *(step_row(step, 2.0) for step in range(101, 121)))
    load_all(series)
    assert (np.diff(held.x) > 0).all()
    assert len(series.points(key("loss"), "step").x) == 299 + 10


def test_a_step_that_was_logged_by_two_processes_comes_once(tmp_path: Path) -> None:
    rows = [step_row(step, float(rank)) for step in (1, 2, 3) for rank in (0, 1)]
    assert pairs(read(append(tmp_path / "steps.jsonl", *rows)), key("loss")) == [
        (1.0, 1.0),
        (2.0, 1.0),
        (3.0, 1.0),
    ]
