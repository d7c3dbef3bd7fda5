"""A run that was interrupted, however, ends as one that was not."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import torch

from slt_engine.checkpoint import load_checkpoint
from slt_engine.run.directory import RunDir
from tests.support.runs import (
    epochs_of,
    losses_of,
    make_run,
    start_trainer,
    status_of,
    steps_of,
    train_in_process,
    wait_for,
)

PAIRS = (
    "training.epochs=3",
    "data.batch_size=2",
    "training.log_every_steps=1",
    "training.checkpoint_every_steps=3",
    "training.decode_every=3",
    "optim.scheduler=cosine",
)


@pytest.fixture(scope="module")
def uninterrupted(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    run = make_run(tmp_path_factory.mktemp("runs") / "whole", synthetic, *PAIRS)
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run


def assert_same_run(run: RunDir, whole: RunDir) -> None:
    assert losses_of(steps_of(run)) == losses_of(steps_of(whole))
    ours, theirs = epochs_of(run), epochs_of(whole)
    assert losses_of(ours) == losses_of(theirs)
    assert [row["val"] for row in ours] == [row["val"] for row in theirs]
    assert [row["train"]["loss_quantiles"] for row in ours] == [
        row["train"]["loss_quantiles"] for row in theirs
    ]
    assert [row["best"] for row in ours] == [row["best"] for row in theirs]
    for name in ("last", "best"):
        weights, expected = (load_checkpoint(getattr(one, name))["model"] for one in (run, whole))
        assert all(torch.equal(weights[key], expected[key]) for key in expected)


def test_a_run_killed_in_the_middle_of_an_epoch_resumes_bit_for_bit(
    uninterrupted: RunDir, synthetic: Path, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "killed", synthetic, *PAIRS)
    trainer = start_trainer(run)
    per_epoch = epochs_of(uninterrupted)[0]["step"]
    killed_at = per_epoch + 5  # past a checkpoint of the second epoch, and not on one
    wait_for(lambda: any(row["step"] >= killed_at for row in steps_of(run)))
    trainer.send_signal(signal.SIGKILL)
    assert trainer.wait() == -signal.SIGKILL
    position = load_checkpoint(run.last)
    assert position["batch"] > 0, "the test must resume from inside an epoch"
    done = train_in_process(run, "--resume")
    assert done.returncode == 0, done.stderr
    assert_same_run(run, uninterrupted)


def test_a_run_stopped_by_signal_leaves_143_and_resumes_bit_for_bit(
    uninterrupted: RunDir, synthetic: Path, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "stopped", synthetic, *PAIRS)
    trainer = start_trainer(run)
    wait_for(lambda: len(steps_of(run)) >= 4)
    trainer.terminate()
    assert trainer.wait(timeout=60) == 143
    assert status_of(run)["state"] == "stopped"
    done = train_in_process(run, "--resume")
    assert done.returncode == 0, done.stderr
    assert_same_run(run, uninterrupted)


def test_a_finished_run_leaves_what_the_contract_names(uninterrupted: RunDir) -> None:
    names = {path.name for path in uninterrupted.path.iterdir()}
    files = {"config.json", "status.json", "metrics.jsonl", "steps.jsonl", "events.jsonl", "system.jsonl"}
    assert files | {"last.pt", "best.pt", "logs", "sources", "tokenizer", "glosses.json"} <= names
    assert not list(uninterrupted.path.glob("*.tmp"))
    assert uninterrupted.train_log.read_text().count("epoch ") >= 3
    assert status_of(uninterrupted)["state"] == "finished"


def test_best_is_the_same_file_as_last_when_the_last_epoch_is_the_best(uninterrupted: RunDir) -> None:
    best = epochs_of(uninterrupted)[-1]["best"]
    same = uninterrupted.best.samefile(uninterrupted.last)
    assert same == (best["epoch"] == 3)


def test_a_directory_that_holds_a_run_is_not_trained_again_without_resume(uninterrupted: RunDir) -> None:
    before = {path: path.stat().st_mtime_ns for path in uninterrupted.path.rglob("*")}
    done = train_in_process(uninterrupted)
    assert done.returncode == 2
    assert "--resume" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in uninterrupted.path.rglob("*")} == before


def test_a_resume_without_a_checkpoint_says_so(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "empty", synthetic, *PAIRS)
    done = train_in_process(run, "--resume")
    assert done.returncode == 1
    assert "last.pt: no such checkpoint" in done.stderr
    assert status_of(run)["state"] == "failed"
