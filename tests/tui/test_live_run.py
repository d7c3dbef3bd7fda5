"""A run is read on by polling, whatever its directory has, lacks or loses."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_engine.run.status import write_status
from slt_tui.live_run import Changes, LiveRun
from slt_tui.series import SeriesKey
from tests.support.fake_runs import ALIVE, finished_run, made, status_by


def polled(live: LiveRun) -> Changes:
    """Everything that is there, read."""
    changes = live.poll()
    while live.is_behind:
        changes |= live.poll()
    return changes


def sample(epoch: int, hypothesis: str) -> dict[str, object]:
    return {
        "kind": "sample",
        "clip_id": "c1",
        "epoch": epoch,
        "reference": "uno dos",
        "hypothesis": hypothesis,
    }


def test_a_finished_run_is_read_and_then_nothing_changes(tmp_path: Path) -> None:
    live = LiveRun(finished_run(tmp_path / "run").path)
    polled(live)
    assert (live.is_ours, live.standing.state) == (True, "finished")
    assert live.series.latest(SeriesKey("loss", "val", "epoch")) == pytest.approx(0.625)
    assert live.poll() == Changes()


def test_what_is_added_is_told_by_its_kind(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    write_status(run, status_by(ALIVE))
    live = LiveRun(run.path)
    polled(live)
    Journal(run.events).append(sample(1, "uno"))
    assert live.poll() == Changes(samples=True)
    Journal(run.events).append({"kind": "warning", "message": "hot"})
    assert live.poll() == Changes(events=True)
    Journal(run.system).append({"time": time.time(), "gpus": [], "process": {"cpu_percent": 1.0}})
    assert live.poll().loads
    Journal(run.steps).append({"step": 16, "epoch": 2, "time": time.time() + 1, "loss": 0.5})
    changes = live.poll()
    assert (changes.standing, changes.series) == (True, True)
    assert live.progress.loss == 0.5


def test_of_an_epoch_that_was_repeated_the_last_translation_counts(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    events = Journal(run.events)
    for epoch, hypothesis in ((1, "uno"), (2, "dos"), (2, "uno dos")):
        events.append(sample(epoch, hypothesis))
    live = LiveRun(run.path)
    polled(live)
    assert [(made.epoch, made.hypothesis) for made in live.samples.of("c1")] == [(2, "uno dos"), (1, "uno")]


def test_a_wish_to_stop_is_seen_before_the_trainer_hears_it(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    write_status(run, status_by(ALIVE))
    live = LiveRun(run.path)
    polled(live)
    run.stop.touch()
    assert live.poll().standing
    assert live.stop_asked
    write_status(run, replace(status_by(ALIVE), state="stopping"))
    live.poll()
    assert live.standing.state == "stopping"


def test_a_directory_with_numbers_alone_is_no_run_of_ours(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text('{"step": 1, "loss": 2.0}\n{"step": 2, "loss": 1.0}\n')
    live = LiveRun(tmp_path)
    assert polled(live).series
    assert not live.is_ours
    assert "loss" in live.series.metrics


def test_a_single_file_opens_too(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    path.write_text(json.dumps({"log_history": [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}]}))
    live = LiveRun(path)
    polled(live)
    assert not live.is_ours
    assert "loss" in live.series.metrics


def test_a_directory_that_vanishes_is_told_and_what_was_read_stays(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    live = LiveRun(run.path)
    polled(live)
    shutil.rmtree(run.path)
    assert live.poll().standing
    assert live.is_gone
    assert live.series.metrics
    assert live.poll() == Changes()
    finished_run(run.path)
    live.poll()
    assert not live.is_gone


def test_damaged_files_raise_nothing(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    for path in (run.events, run.system, run.steps):
        path.write_bytes(b'\x00\xff{"kind": \n[1]\n"x"\n{"kind": 3, "time": "x", "gpus": 4, "step": "y"}\n')
    run.status.write_text("{")
    polled(LiveRun(run.path))


def test_a_new_config_is_told(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    live = LiveRun(run.path)
    assert polled(live).config
    RunDir(run.path).archive_config({"data": {"batch_size": 2}})
    assert live.poll().config
