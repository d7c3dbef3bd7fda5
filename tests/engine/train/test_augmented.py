"""Runs whose clips are changed at random: reproducible, resumable, and not those of runs without."""

from __future__ import annotations

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
    steps_of,
    train_in_process,
    wait_for,
)

SHORT = (
    "training.epochs=2",
    "data.batch_size=2",
    "training.log_every_steps=1",
    "training.decode_every=0",
)
CHANGES = (
    "data.keypoint_scale_range=0.8,1.2",
    "data.keypoint_rotate_range=-15,15",
    "data.keypoint_resample_range=0.85,1.1",
    "data.flip_probability=0.5",
    "data.mix_streams=pose:0.5",
)


def trained(path: Path, synthetic: Path, *pairs: str) -> RunDir:
    run = make_run(path, synthetic, *SHORT, *pairs)
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run


@pytest.fixture(scope="module")
def changed(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    return trained(tmp_path_factory.mktemp("runs") / "changed", synthetic, *CHANGES)


def assert_same_run(run: RunDir, other: RunDir) -> None:
    assert losses_of(steps_of(run)) == losses_of(steps_of(other))
    assert losses_of(epochs_of(run)) == losses_of(epochs_of(other))
    ours, theirs = (load_checkpoint(one.last)["model"] for one in (run, other))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_stopped_run_resumes_bit_for_bit_with_its_clips_changed(
    changed: RunDir, synthetic: Path, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "stopped", synthetic, *SHORT, *CHANGES)
    trainer = start_trainer(run)
    per_epoch = epochs_of(changed)[0]["step"]
    wait_for(lambda: len(steps_of(run)) > per_epoch)
    trainer.terminate()
    assert trainer.wait(timeout=60) == 143
    assert load_checkpoint(run.last)["batch"] > 0, "the test must resume from inside an epoch"
    done = train_in_process(run, "--resume")
    assert done.returncode == 0, done.stderr
    assert_same_run(run, changed)


def test_the_number_of_workers_changes_nothing(changed: RunDir, synthetic: Path, tmp_path: Path) -> None:
    assert_same_run(trained(tmp_path / "alone", synthetic, *CHANGES, "data.num_workers=0"), changed)


@pytest.mark.slow
def test_changes_train_another_model_and_validate_the_same_clips(
    changed: RunDir, synthetic: Path, tmp_path: Path
) -> None:
    plain = trained(tmp_path / "plain", synthetic)
    assert losses_of(steps_of(plain))[0] != losses_of(steps_of(changed))[0]
    frozen = ("optim.lr=1e-30", "optim.warmup_steps=0")
    still, moved = (
        trained(tmp_path / name, synthetic, *frozen, *pairs)
        for name, pairs in (("still", ()), ("moved", CHANGES))
    )
    assert losses_of(steps_of(still)) != losses_of(steps_of(moved))
    assert [row["val"]["loss"] for row in epochs_of(still)] == [
        row["val"]["loss"] for row in epochs_of(moved)
    ]


CROPS = (
    "model.use_mska=false",
    "data.keypoints_dir=none",
    "data.gloss_csv=none",
    "model.mska_ctc_weight=0",
    "model.mska_distillation_weight=0",
    "model.image_size=16",
    *(f"model.{stream}_backbone=tiny" for stream in ("face", "hand_left", "hand_right")),
    *(f"model.freeze_{stream}_backbone=true" for stream in ("face", "hand_left")),
)
CROPS_CHANGED = (
    "data.keypoint_resample_range=0.85,1.1",
    "data.flip_probability=0.5",
    "data.mix_streams=face:0.5,hand-left:0.5,hand-right:0.5,pose:0.5",
)


@pytest.mark.slow
def test_mixed_and_mirrored_crops_leave_every_clip_its_own_features(
    synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain run finds the same in a cache that a changed run filled as in one that it fills itself."""
    processed = synthetic.parent / "processed"
    folders = {"face": "face", "hand_left": "hand_l", "hand_right": "hand_r"}
    crops = (*CROPS, *(f"data.{stream}_dir={processed / folder}" for stream, folder in folders.items()))
    monkeypatch.setenv("SLT_CACHE", str(tmp_path / "shared"))
    changed = trained(tmp_path / "changed", synthetic, *crops, *CROPS_CHANGED)
    plain = trained(tmp_path / "plain", synthetic, *crops)
    monkeypatch.setenv("SLT_CACHE", str(tmp_path / "own"))
    alone = trained(tmp_path / "alone", synthetic, *crops)
    again = trained(tmp_path / "again", synthetic, *crops, *CROPS_CHANGED, "data.num_workers=0")
    losses = {run: [row["loss"] for row in steps_of(run)] for run in (changed, plain, alone, again)}
    assert losses[plain] == pytest.approx(losses[alone], rel=1e-4)
    assert losses[changed] == pytest.approx(losses[again], rel=1e-4)
    assert losses[changed] != pytest.approx(losses[plain], rel=1e-4)
