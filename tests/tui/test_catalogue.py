"""Every run under the roots: what is shown of each, what is noticed and when, and what is survived."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from slt_engine.run import status
from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_engine.run.notes import Notes, write_notes
from slt_engine.run.status import write_exit, write_status
from slt_tui.catalogue import RunCatalogue
from slt_tui.run_entry import RunEntry, smoothed_end
from slt_tui.watch import CatalogueWatch
from tests.support.fake_runs import ALIVE, NOBODY, exit_of, finished_run, killed_run, made, status_by
from tests.support.fake_trainer import epoch_row
from tests.support.runs import wait_for


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "work_dirs"


def running(path: Path) -> RunDir:
    """A run whose trainer is this very process."""
    run = made(path)
    write_status(run, status_by(ALIVE, best={"metric": "cer", "value": 0.25, "epoch": 2}))
    write_exit(run, exit_of(ALIVE, ALIVE))
    return run


def settle(run: RunDir) -> None:
    """Let its directory have changed long ago, as at rest it has."""
    os.utime(run.path, (1e9, 1e9))


def only(catalogue: RunCatalogue) -> RunEntry:
    (entry,) = catalogue.entries
    return entry


def test_a_run_is_shown_with_its_scores_notes_and_course(root: Path) -> None:
    run = finished_run(root / "sweep" / "one")
    write_notes(run, Notes(("baseline",), "no augmentation"))
    catalogue = RunCatalogue([root])
    assert catalogue.poll()
    entry = only(catalogue)
    assert (entry.label, entry.state, entry.notes.tags) == ("sweep/one", "finished", ("baseline",))
    assert entry.course == pytest.approx((0.5, 0.25, 0.5 / 3, 0.125))
    assert entry.smoothed == pytest.approx(smoothed_end(entry.course))
    assert entry.ends is None


def test_with_several_roots_a_run_says_which_it_is_under(root: Path, tmp_path: Path) -> None:
    finished_run(root / "a")
    finished_run(tmp_path / "archive" / "a")
    catalogue = RunCatalogue([root, tmp_path / "archive"])
    catalogue.poll()
    assert sorted(entry.label for entry in catalogue.entries) == ["archive/a", "work_dirs/a"]


def test_a_root_that_is_itself_a_run_has_its_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finished_run(root / "a")
    monkeypatch.chdir(root / "a")
    catalogue = RunCatalogue([Path()])
    catalogue.poll()
    assert only(catalogue).label == "a"


def test_no_root_is_no_run(root: Path) -> None:
    catalogue = RunCatalogue([root])
    assert not catalogue.poll()
    assert catalogue.entries == []


def test_nothing_has_changed_where_nothing_has(root: Path) -> None:
    finished_run(root / "a")
    killed_run(root / "b")
    catalogue = RunCatalogue([root])
    assert catalogue.poll()
    entries = catalogue.entries
    assert not any(catalogue.poll() for _ in range(3))
    assert catalogue.entries is entries


def test_a_new_run_is_there_with_the_next_poll(root: Path) -> None:
    finished_run(root / "a")
    catalogue = RunCatalogue([root])
    catalogue.poll()
    made(root / "b").lock.touch()
    assert catalogue.poll()
    assert [entry.state for entry in catalogue.entries] == ["finished", "created"]


def test_a_new_run_in_a_group_is_there_with_the_next_poll(root: Path) -> None:
    settle(finished_run(root / "sweep" / "a"))
    catalogue = RunCatalogue([root])
    catalogue.poll()
    for place in (root, root / "sweep"):
        os.utime(place, (1e9, 1e9))
    catalogue.poll()
    finished_run(root / "sweep" / "b")
    assert catalogue.poll() or catalogue.poll()
    assert len(catalogue.entries) == 2


def test_the_death_of_a_trainer_is_noticed_with_the_next_poll(root: Path) -> None:
    run = running(root / "a")
    catalogue = RunCatalogue([root])
    catalogue.poll()
    assert only(catalogue).state == "running"
    write_exit(run, exit_of(ALIVE, ALIVE, ended=time.time(), signal="SIGKILL"))
    assert catalogue.poll()
    assert (only(catalogue).state, only(catalogue).is_at_work) == ("failed", False)


def test_a_tag_on_a_run_at_rest_is_noticed(root: Path) -> None:
    run = finished_run(root / "a")
    settle(run)
    catalogue = RunCatalogue([root])
    catalogue.poll()
    write_notes(run, Notes(("x",)))
    assert catalogue.poll()
    assert only(catalogue).notes.tags == ("x",)


def test_two_tags_within_the_grain_of_the_clock_are_both_noticed(root: Path) -> None:
    run = finished_run(root / "a")
    catalogue = RunCatalogue([root])
    catalogue.poll()
    stamp = time.time()
    for tag in ("x", "y"):
        write_notes(run, Notes((tag,)))
        os.utime(run.path, (stamp, stamp))
        catalogue.poll()
    assert only(catalogue).notes.tags == ("y",)


def test_a_run_that_goes_on_is_followed_again(root: Path) -> None:
    run = finished_run(root / "a")
    settle(run)
    catalogue = RunCatalogue([root])
    catalogue.poll()
    write_exit(run, exit_of(ALIVE, ALIVE, started=time.time()))
    write_status(run, status_by(ALIVE))
    assert catalogue.poll()
    assert only(catalogue).is_at_work


def test_a_run_that_vanishes_is_gone(root: Path) -> None:
    for name in ("a", "b"):
        settle(finished_run(root / name))
    catalogue = RunCatalogue([root])
    catalogue.poll()
    shutil.rmtree(root / "a")
    assert catalogue.poll()
    assert only(catalogue).label == "b"
    shutil.rmtree(root)
    assert catalogue.poll()
    assert catalogue.entries == []


def test_damaged_files_stop_nobody(root: Path) -> None:
    run = finished_run(root / "a")
    for path in (run.status, run.exit, run.notes, run.config):
        path.write_bytes(b'{"state": "runn\xff')
    run.metrics.write_bytes(b'\x00\n{"epoch": 1, "val": 3}\n[1]\n{"epoch": "x", "val": {"loss": "y"}}\n{"ep')
    catalogue = RunCatalogue([root])
    catalogue.poll()
    assert (only(catalogue).state, only(catalogue).course) == ("created", ())


def test_what_cannot_be_read_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finished_run(root / "a")

    def fail(path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr(status, "read_json", fail)
    catalogue = RunCatalogue([root])
    catalogue.poll()
    now = only(catalogue).summary.standing
    assert (now.state, now.message) == ("lost", "status.json: Input/output error")


def test_what_many_runs_have_to_tell_comes_in_slices_the_latest_first(root: Path) -> None:
    for number in range(5):
        run = finished_run(root / f"run-{number}")
        os.utime(run.path, (1e9 + number, 1e9 + number))
    catalogue, shown = RunCatalogue([root]), []
    catalogue.poll(budget_s=0)
    while catalogue.is_behind:
        catalogue._read(catalogue._unread.pop())
        shown.append(list(catalogue._entries)[-1][-1])
    assert shown == ["4", "3", "2", "1", "0"]
    assert catalogue.poll()
    assert [entry.label for entry in catalogue.entries] == [f"run-{number}" for number in range(5)]


def test_the_end_of_a_run_is_reckoned_from_its_epochs(root: Path) -> None:
    run, now = running(root / "a"), time.time()
    write_exit(run, exit_of(ALIVE, ALIVE, started=now - 100))
    write_status(run, replace(status_by(ALIVE), progressed=now, step=20))
    journal = Journal(run.metrics)
    journal.append({**epoch_row(1, 10), "time": now - 50})
    journal.close()
    catalogue = RunCatalogue([root])
    catalogue.poll()
    assert only(catalogue).ends == pytest.approx(now + 100)


def test_the_log_of_the_run_that_is_attended_to_is_read_to_its_end(root: Path) -> None:
    run = finished_run(root / "a")
    run.train_log.write_text("first\nlast\n")
    catalogue = RunCatalogue([root])
    catalogue.poll()
    catalogue.attend(run.path)
    assert catalogue.poll()
    assert catalogue.log_line == "last"
    catalogue.attend(None)
    assert catalogue.poll()
    assert catalogue.log_line == ""


def test_a_run_that_somebody_changed_is_read_at_once(root: Path) -> None:
    run = finished_run(root / "a")
    settle(run)
    catalogue = RunCatalogue([root])
    catalogue.poll()
    run.status.write_text(run.status.read_text().replace("finished", "stopped"))  # in place: no trace outside
    settle(run)
    assert not catalogue.poll()
    catalogue.look_again([run.path, root / "unknown"])
    assert catalogue.poll()
    assert only(catalogue).state == "stopped"


def test_the_course_passes_over_epochs_that_were_not_decoded(root: Path) -> None:
    run = finished_run(root / "a")
    journal = Journal(run.metrics)
    journal.append({"epoch": 5, "val": {"cer": 0.0625}})
    journal.append({"epoch": 6, "val": {"loss": 0.5}})
    journal.close()
    catalogue = RunCatalogue([root])
    catalogue.poll()
    entry = only(catalogue)
    assert (len(entry.course), entry.last, entry.summary.last) == (5, 0.0625, None)


def test_a_score_that_is_no_number_is_a_gap(root: Path) -> None:
    run = finished_run(root / "a")
    with run.metrics.open("a") as file:
        file.write('{"epoch": 5, "val": {"cer": NaN}}\n')
    catalogue = RunCatalogue([root])
    catalogue.poll()
    assert only(catalogue).course[-1] is None
    assert only(catalogue).last is None


def test_a_smoothed_score_passes_over_gaps() -> None:
    assert smoothed_end([]) is None
    assert smoothed_end([None, 3.0]) == pytest.approx(3.0)
    assert smoothed_end([1.0, None, 2.0]) == pytest.approx((0.6 * 0.4 * 1 + 0.4 * 2) / (1 - 0.36))


def test_a_watch_tells_of_changes_until_it_is_stopped(root: Path) -> None:
    told = threading.Event()
    catalogue = RunCatalogue([root])
    watch = CatalogueWatch(catalogue, told.set, every_s=30)
    watch.start()
    killed_run(root / "a")
    catalogue.look_again([])
    watch.hurry()
    wait_for(lambda: len(catalogue.entries) == 1 and told.is_set())
    watch.stop()
    wait_for(lambda: not watch.is_alive())


def test_nobody_is_a_run_elsewhere_for_ever(root: Path) -> None:
    run = made(root / "a")
    elsewhere = replace(NOBODY, host="another-machine")
    write_status(run, status_by(elsewhere))
    catalogue = RunCatalogue([root])
    catalogue.poll()
    assert only(catalogue).is_at_work
    write_status(run, replace(status_by(elsewhere), heartbeat=time.time() - 3600))
    assert catalogue.poll()
    assert only(catalogue).state == "lost"
