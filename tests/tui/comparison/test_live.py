"""Runs side by side while they grow, come, go and break."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from slt_engine.run.journal import Journal
from slt_engine.run.status import write_status
from slt_tui.comparison import live
from slt_tui.comparison.live import LiveComparison
from tests.support.fake_runs import ALIVE, finished_run, made, status_by
from tests.support.fake_trainer import epoch_row


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_STANDINGS_S", 0.0)


@pytest.fixture
def comparison(tmp_path: Path) -> LiveComparison:
    return LiveComparison([finished_run(tmp_path / "one").path, finished_run(tmp_path / "two").path])


def test_what_has_changed_is_told_once(comparison: LiveComparison) -> None:
    assert comparison.poll() == {"numbers"}
    assert comparison.poll() == set()
    assert comparison.share == 1.0


def test_numbers_translations_states_and_settings_are_told_apart(tmp_path: Path) -> None:
    run = made(tmp_path / "new")
    comparison = LiveComparison([run.path, finished_run(tmp_path / "old").path])
    comparison.poll()
    write_status(run, status_by(ALIVE))
    assert comparison.poll() == {"standings"}
    for path, row in (
        (run.metrics, epoch_row(1, 10)),
        (run.events, {"kind": "sample", "epoch": 1, "reference": "a", "hypothesis": "b"}),
    ):
        journal = Journal(path)
        journal.append(row)
        journal.close()
    assert comparison.poll() == {"numbers", "samples"}
    run.archive_config({"optim": {"lr": 1.0}})
    assert comparison.poll() == {"settings"}
    assert comparison.documents[0] == {"optim": {"lr": 1.0}}
    assert comparison.epochs() == [1, 2, 3, 4]


def test_colours_stay_while_other_runs_come_and_go(comparison: LiveComparison, tmp_path: Path) -> None:
    third = finished_run(tmp_path / "three").path
    assert comparison.add(third)
    assert not comparison.add(third)
    assert [run.place for run in comparison.runs] == [0, 1, 2]
    assert comparison.drop(tmp_path / "one")
    assert [(run.name, run.place) for run in comparison.runs] == [("two", 1), ("three", 2)]
    assert not comparison.drop(third)
    assert comparison.add(tmp_path / "one")
    assert [run.place for run in comparison.runs] == [1, 2, 0]


def test_the_baseline_goes_round_and_stays_with_its_run(comparison: LiveComparison, tmp_path: Path) -> None:
    comparison.add(finished_run(tmp_path / "three").path)
    comparison.next_baseline()
    comparison.next_baseline()
    comparison.drop(tmp_path / "one")
    assert comparison.runs[comparison.baseline].name == "three"
    comparison.next_baseline()
    assert comparison.baseline == 0


def test_there_are_at_most_eight(tmp_path: Path) -> None:
    comparison = LiveComparison(tmp_path / str(number) for number in range(10))
    assert len(comparison.runs) == 8


def test_a_run_that_vanishes_or_breaks_keeps_what_was_read(
    comparison: LiveComparison, tmp_path: Path
) -> None:
    comparison.poll()
    shutil.rmtree(tmp_path / "one")
    shutil.rmtree(tmp_path / "two")
    (tmp_path / "two").write_text("no directory any more")
    comparison.poll()
    assert len(comparison.series[0].keys) > 0
    assert comparison.runs[1].standing.state == "foreign"


def test_files_of_other_programs_take_part(tmp_path: Path) -> None:
    state = tmp_path / "trainer_state.json"
    state.write_text(json.dumps({"log_history": [{"step": 1, "eval_cer": 0.5}]}))
    comparison = LiveComparison([finished_run(tmp_path / "one").path, state])
    while comparison.is_behind:
        comparison.poll()
    assert [run.name for run in comparison.runs] == ["one", "trainer_state.json"]
    assert comparison.series[1].metrics == ["cer"]
