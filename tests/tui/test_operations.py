"""What both faces do to runs: stop, kill, remove, tag; refusals are one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir, RunError, list_runs
from slt_engine.run.lock import take_lock
from slt_engine.run.notes import Notes, read_notes
from slt_engine.run.standing import standing
from slt_engine.run.stopping import wait_until_over
from slt_tui import operations
from slt_tui.removal import size_of
from tests.support.fake_runs import finished_run, has_stepped, killed_run, start_fake
from tests.support.runs import wait_for

PATIENCE_S = 20.0
LONG = ("--epochs", "2", "--steps", "100000")


def refusal_of(path: Path) -> str:
    with pytest.raises(RunError) as caught:
        operations.remove(RunDir(path))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_stopped_run_saves_a_checkpoint(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "one", *LONG)
    wait_for(lambda: has_stepped(run))
    assert "asked to stop" in operations.stop(run)
    assert wait_until_over(run, PATIENCE_S).state == "stopped"


def test_a_killed_run_that_listens_still_saves_a_checkpoint(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "one", *LONG)
    wait_for(lambda: has_stepped(run))
    said: list[str] = []
    line = operations.kill(run, grace_s=PATIENCE_S, tell=said.append)
    assert line == f"{run.path}: stopped; go on with: slt runs resume {run.path}"
    assert said == [f"asking {run.path} to end with SIGINT"]
    assert not run.stop.exists()


def test_a_deaf_run_is_killed_by_force(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "one", *LONG, "--deaf")
    wait_for(lambda: has_stepped(run))
    assert operations.kill(run, grace_s=0.1) == f"{run.path}: failed (SIGKILL); it left no last.pt"
    assert standing(run).signal == "SIGKILL"


@pytest.mark.parametrize("operation", [operations.stop, operations.kill])
def test_a_run_that_is_over_has_nothing_to_end(tmp_path: Path, operation: object) -> None:
    run = finished_run(tmp_path / "one")
    with pytest.raises(RunError, match="finished already, nothing to"):
        operation(run)  # type: ignore[operator]


def test_a_removed_run_is_gone_with_all_its_files(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "one")
    run.evals.mkdir()
    (run.evals / "unseen.json").write_text("{}")
    run.best.write_bytes(b"weights")
    assert operations.remove(run) == f"{run.path}: removed"
    assert list(tmp_path.iterdir()) == []


def test_a_run_at_work_is_not_removed(tmp_path: Path) -> None:
    run = start_fake(tmp_path / "one", *LONG)
    wait_for(lambda: has_stepped(run))
    assert "slt runs stop" in refusal_of(run.path)
    operations.kill(run)
    assert run.metrics.exists()


def test_a_run_that_somebody_is_starting_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slt_engine.run.lock.LEAVES_S", 0.0)
    run = finished_run(tmp_path / "one")
    take_lock(run)
    assert "another process is training here" in refusal_of(run.path)
    assert run.config.exists()


def test_what_no_run_wrote_is_never_removed(tmp_path: Path) -> None:
    home = finished_run(tmp_path / "home").path
    (home / "thesis.tex").write_text("years of work")
    assert "holds what no run writes (thesis.tex)" in refusal_of(home)
    assert (home / "thesis.tex").exists()


def test_a_directory_without_a_run_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "metrics.jsonl").write_text('{"step": 1}\n')
    for name in ("model", "foreign"):
        assert "holds no run of ours" in refusal_of(tmp_path / name)
        assert (tmp_path / name).exists()
    assert "no such directory" in refusal_of(tmp_path / "nowhere")


def test_a_link_to_a_run_is_not_followed(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "one")
    (tmp_path / "link").symlink_to(run.path)
    assert "is a link" in refusal_of(tmp_path / "link")
    assert run.config.exists()


def test_a_link_within_a_run_goes_and_what_it_points_to_stays(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "clip.npy").write_bytes(b"x")
    run = finished_run(tmp_path / "runs" / "one")
    (run.path / "export").symlink_to(data)
    operations.remove(run)
    assert (data / "clip.npy").exists()


def test_the_size_of_a_run_counts_a_file_with_two_names_once(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "one")
    before = size_of(run)
    run.last.write_bytes(b"x" * 1000)
    run.best.hardlink_to(run.last)
    assert size_of(run) == before + 1000


def test_tags_and_a_note_are_changed_in_one_go(tmp_path: Path) -> None:
    run = killed_run(tmp_path / "one")
    assert operations.tag(run, ["wide", "old"]) == f"{run.path}: tags old, wide"
    line = operations.change_notes(run, add=["baseline"], remove=["old"], note="died\nof memory")
    assert line == f"{run.path}: tags baseline, wide; note: died of memory"
    assert operations.untag(run, ["wide", "baseline"]) == f"{run.path}: no tags; note: died of memory"
    assert operations.set_note(run, " ") == f"{run.path}: no tags"
    assert json.loads(run.notes.read_text()) == {"tags": [], "note": ""}


def test_a_word_that_cannot_be_a_tag_changes_nothing(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "one")
    with pytest.raises(RunError, match="a tag is one word"):
        operations.change_notes(run, add=["fine", "not fine"], note="x")
    assert read_notes(run) == Notes()


def test_a_directory_without_a_run_is_not_tagged(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run"):
        operations.tag(RunDir(tmp_path), ["a"])
    assert list_runs([tmp_path]) == []
