"""A run that was interrupted, however, ends as one that was not."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import pytest
import torch

from slt_engine.checkpoint import load_checkpoint
from slt_engine.run.directory import RunDir
from slt_engine.run.journal import read_rows
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


def test_a_resume_without_a_checkpoint_says_so_and_touches_nothing(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "empty", synthetic, *PAIRS)
    done = train_in_process(run, "--resume")
    assert done.returncode == 2
    assert "last.pt: missing" in done.stderr
    assert not run.status.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_trainer_is_still_starting_stops_it_with_a_checkpoint(
    synthetic: Path, tmp_path: Path, number: int, code: int
) -> None:
    run = make_run(tmp_path / "early", synthetic, *PAIRS)
    trainer = start_trainer(run)
    wait_for(lambda: holds_back(trainer.pid, number))
    trainer.send_signal(number)
    assert trainer.wait(timeout=90) == code
    assert status_of(run)["state"] == "stopped"
    assert load_checkpoint(run.last)["step"] == 0


def holds_back(pid: int, number: int) -> bool:
    """Whether a process blocks a signal."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    blocked = next(int(line.split()[1], 16) for line in lines if line.startswith("SigBlk"))
    return bool(blocked >> (number - 1) & 1)


def test_a_stop_file_ends_the_run_with_code_0(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "asked", synthetic, *PAIRS)
    trainer = start_trainer(run)
    wait_for(lambda: len(steps_of(run)) >= 1)
    run.stop.touch()
    assert trainer.wait(timeout=60) == 0
    assert status_of(run)["state"] == "stopped"
    assert not run.stop.exists()


def test_a_kill_between_the_last_step_and_its_validation_loses_nothing(
    synthetic: Path, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "last", synthetic, *PAIRS, "training.max_train_steps=3")
    trainer = start_trainer(run)
    wait_for(lambda: run.last.exists() and load_checkpoint(run.last)["step"] == 3)
    trainer.kill()
    trainer.wait()
    if load_checkpoint(run.last)["validated"]:
        pytest.skip("it validated quicker than the kill came")
    run.metrics.unlink(missing_ok=True)
    done = train_in_process(run, "--resume")
    assert done.returncode == 0, done.stderr
    assert epochs_of(run)[-1]["step"] == 3
    assert run.best.exists()


def test_other_data_under_the_same_names_is_refused_on_resume(uninterrupted: RunDir, tmp_path: Path) -> None:
    copy = RunDir(tmp_path / "copy")
    shutil.copytree(uninterrupted.path, copy.path)
    document = copy.read_config()
    index = tmp_path / "fewer.csv"
    names = Path(document["data"]["train_index"]).read_text().splitlines()
    index.write_text("\n".join(names[:-1]) + "\n")
    document["data"]["train_index"] = str(index)
    document["training"]["epochs"] = 4
    copy.archive_config(document)
    done = train_in_process(copy, "--resume")
    assert done.returncode == 1
    assert "are not those that this run began with" in done.stderr


EPOCH_KEYS = [
    "epoch",
    "step",
    "time",
    "loss_translation_weighted",
    "loss_ctc_weighted",
    "loss_distillation_weighted",
    "perplexity",
    "train",
    "val",
    "learning_rate",
    "best",
    "improved",
    "teacher_forcing",
    "epoch_time_s",
    "iteration_time_s",
    "samples_per_s",
    "frames_per_s",
    "data_wait_share",
    "peak_memory_bytes",
]
STEP_KEYS = [
    "step",
    "epoch",
    "time",
    "loss",
    "loss_translation",
    "loss_ctc",
    "loss_distillation",
    "perplexity",
    "teacher_forcing",
    "lr",
    "grad_norm",
    "tokens",
    "frames",
    "samples_per_s",
    "data_wait_s",
]
STATUS_KEYS = [
    "state",
    "pid",
    "pid_started",
    "host",
    "boot_id",
    "heartbeat",
    "progressed",
    "epoch",
    "epochs",
    "step",
    "steps",
    "best",
    "message",
]


def test_every_row_has_the_keys_that_readers_count_on(uninterrupted: RunDir) -> None:
    rows = epochs_of(uninterrupted)
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert all(set(EPOCH_KEYS) <= row.keys() for row in rows)
    assert all(set(STEP_KEYS) <= row.keys() for row in steps_of(uninterrupted))
    assert set(STATUS_KEYS) <= status_of(uninterrupted).keys()
    assert {"cer", "wer", "bleu", "chrf", "loss", "perplexity"} <= rows[-1]["val"].keys()
    assert "NaN" not in uninterrupted.metrics.read_text() + uninterrupted.steps.read_text()


def test_the_guides_own_query_gives_numbers(uninterrupted: RunDir) -> None:
    names = [f"loss_{term}_weighted" for term in ("translation", "ctc", "distillation")]
    for row in epochs_of(uninterrupted):
        assert all(isinstance(row[name], int | float) for name in ("epoch", "perplexity", *names))
        assert row["loss_ctc_weighted"] > 0
        assert row["loss_distillation_weighted"] == 0


def test_the_same_clips_are_kept_as_samples_of_every_decoded_epoch(uninterrupted: RunDir) -> None:
    samples = [row for row in read_rows(uninterrupted.events) if row["kind"] == "sample"]
    assert samples
    assert all({"clip_id", "reference", "hypothesis"} <= row.keys() for row in samples)
