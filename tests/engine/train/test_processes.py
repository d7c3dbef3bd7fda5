"""Several processes train as one would, end together, and leave one set of files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import torch

from slt_engine.checkpoint import load_checkpoint
from slt_engine.run.directory import RunDir
from slt_engine.run.files import read_json
from slt_engine.run.journal import read_rows
from slt_engine.run.stopping import kill_run
from tests.support.runs import (
    ENGINE,
    epochs_of,
    make_run,
    start_trainer,
    status_of,
    steps_of,
    train_in_process,
    wait_for,
)

NO_DROPOUT = (
    "model.projector_dropout=0",
    "model.fusion_dropout=0",
    "model.temporal_dropout=0",
    "model.decoder_dropout=0",
    "model.mska_dropout=0",
)
PAIRS = (
    *NO_DROPOUT,
    "data.batch_size=3",
    "training.subset_size=13",
    "training.grad_accum_steps=2",
    "training.log_every_steps=1",
    "training.teacher_forcing_mode=scheduled",
    "training.teacher_forcing_ratio=0.5",
    "model.mska_distillation_weight=0.5",
    "training.ema_decay=0.5",
)
EXACT = (
    "loss",
    "loss_translation",
    "loss_ctc",
    "loss_distillation",
    "perplexity",
    "grad_norm",
    "tokens",
    "frames",
)
CLOSE = 1e-4  # float32 sums in another order, over the steps of two epochs


@pytest.fixture(scope="module")
def alone(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    run = make_run(tmp_path_factory.mktemp("alone") / "run", synthetic, *PAIRS)
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run


@pytest.fixture(scope="module")
def together(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """The same with two processes: batches of 3 clips do not divide, and of one clip one of them has none."""
    run = make_run(tmp_path_factory.mktemp("together") / "run", synthetic, *PAIRS, "training.processes=2")
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run


def assert_close(ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> None:
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        assert our["step"] == their["step"]
        for name in EXACT:
            if name in their:
                assert our[name] == pytest.approx(their[name], rel=CLOSE, abs=1e-6), (name, their["step"])


def test_two_processes_have_the_losses_of_one_at_the_same_batch(alone: RunDir, together: RunDir) -> None:
    assert len(steps_of(alone)) > 4
    assert_close(steps_of(together), steps_of(alone))
    assert_close(epochs_of(together), epochs_of(alone))
    for ours, theirs in zip(epochs_of(together), epochs_of(alone), strict=True):
        for name in ("loss", "cer", "wer", "chrf"):
            assert ours["val"][name] == pytest.approx(theirs["val"][name], rel=CLOSE)


def test_they_leave_one_set_of_files(alone: RunDir, together: RunDir) -> None:
    ours, theirs = ({path.name for path in run.path.iterdir()} for run in (together, alone))
    assert ours == theirs
    assert [row["step"] for row in read_rows(together.steps)] == [
        row["step"] for row in read_rows(alone.steps)
    ]
    assert status_of(together)["state"] == "finished"
    assert "2 processes" in together.train_log.read_text()


def children_of(trainer: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(trainer.pid).children()


@pytest.mark.parametrize(
    ("how", "code"), [pytest.param("stop file", 0, marks=pytest.mark.slow), ("SIGTERM", 143)]
)
def test_asked_to_stop_they_end_together_and_go_on_with_another_number_of_them(
    how: str, code: int, alone: RunDir, synthetic: Path, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "run", synthetic, *PAIRS, "training.processes=2", "training.epochs=40")
    trainer = start_trainer(run)
    wait_for(lambda: len(steps_of(run)) >= 2)
    (child,) = children_of(trainer)
    if how == "stop file":
        run.stop.touch()
    else:
        trainer.terminate()
    assert trainer.wait(timeout=60) == code
    assert not child.is_running()
    assert status_of(run)["state"] == "stopped"
    stopped_at = load_checkpoint(run.last)["step"]

    document = run.read_config()
    document["training"] |= {"processes": 1, "max_train_steps": max(stopped_at, 4) + 1}
    run.archive_config(document)
    done = train_in_process(run, "--resume")
    assert done.returncode == 0, done.stderr
    assert steps_of(run)[-1]["step"] > stopped_at
    assert_close(steps_of(run)[:4], steps_of(alone)[:4])


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_one_that_ends_ends_the_run(number: int, synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", synthetic, *PAIRS, "training.processes=2", "training.epochs=40")
    trainer = start_trainer(run)
    wait_for(lambda: len(steps_of(run)) >= 2)
    (child,) = children_of(trainer)
    child.send_signal(number)
    code = trainer.wait(timeout=60)
    if number == signal.SIGTERM:  # a wish to stop, whoever hears it
        assert (code, status_of(run)["state"]) == (143, "stopped")
    else:
        assert (code, status_of(run)["state"]) == (1, "failed")
        assert "process 1 of 2 was killed by signal 9" in status_of(run)["message"]


@pytest.mark.slow
def test_the_end_of_the_first_leaves_no_other_behind(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", synthetic, *PAIRS, "training.processes=2", "training.epochs=40")
    trainer = start_trainer(run)
    wait_for(lambda: len(steps_of(run)) >= 1)
    (child,) = children_of(trainer)
    trainer.kill()
    trainer.wait()
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, timeout_s=10)


@pytest.mark.slow
def test_what_stops_one_is_told_by_the_run(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", synthetic, *PAIRS, "training.processes=2", "model.mska_ctc_vocab=2")
    done = train_in_process(run)
    assert done.returncode == 1
    assert "mska_ctc_vocab is 2" in status_of(run)["message"]
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_torchrun_starts_them_too(alone: RunDir, synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", synthetic, *PAIRS)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*command, "-m", *ENGINE[2:], "train", str(run.path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert_close(steps_of(run), steps_of(alone))


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_no_process_behind(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", synthetic, *PAIRS, "training.processes=2", "training.epochs=40")
    trainer = [*ENGINE, "train", str(run.path)]
    subprocess.run(
        [sys.executable, "-m", "slt_engine.run.supervise", str(run.path), "--", *trainer], check=True
    )
    wait_for(lambda: len(steps_of(run)) >= 2)
    group = os.getpgid(status_of(run)["pid"])
    assert len(members_of(group)) == 2
    assert kill_run(run)
    wait_for(lambda: read_json(run.exit)["signal"] == "SIGKILL", timeout_s=20)
    assert members_of(group) == []


def members_of(group: int) -> list[int]:
    """The living processes of a process group."""
    return [
        one.pid
        for one in psutil.process_iter(["status"])
        if one.info["status"] != psutil.STATUS_ZOMBIE and group_of(one.pid) == group
    ]


def group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


@pytest.mark.slow
def test_the_published_network_normalises_over_all_of_them(synthetic: Path, tmp_path: Path) -> None:
    encoder = ("model.mska_encoder=paper", "model.mska_temporal_blocks=2", "model.mska_stream_heads=2")
    short = ("training.epochs=1", "training.grad_accum_steps=1", "optim.optimizer=sgd", "optim.lr=1e-5")
    runs = [
        make_run(tmp_path / str(count), synthetic, *PAIRS, *encoder, *short, f"training.processes={count}")
        for count in (1, 2)
    ]
    for run in runs:
        done = train_in_process(run)
        assert done.returncode == 0, done.stderr
    one, two = runs
    assert_close(steps_of(two), steps_of(one))
    averages = [load_checkpoint(run.last)["model"] for run in runs]
    means = [name for name in averages[0] if name.endswith("running_mean")]
    assert means
    for name in means:
        torch.testing.assert_close(averages[1][name], averages[0][name], rtol=1e-3, atol=1e-4)
