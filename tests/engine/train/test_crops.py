"""Runs that read crops: trained with a frozen backbone from the cache, killed, resumed, scored."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
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
    steps_of,
    train_in_process,
    wait_for,
)

FROZEN = (
    "model.use_mska=false",
    "data.keypoints_dir=none",
    "data.gloss_csv=none",
    "model.mska_ctc_weight=0",
    "model.mska_distillation_weight=0",
    "model.image_size=16",
    "model.face_backbone=tiny",
    "model.hand_left_backbone=tiny",
    "model.hand_right_backbone=tiny",
    "model.freeze_face_backbone=true",
    "model.freeze_hand_left_backbone=true",
    "training.epochs=3",
    "data.batch_size=2",
    "training.log_every_steps=1",
    "training.checkpoint_every_steps=3",
    "training.decode_every=3",
)


def crops_of(config: Path) -> tuple[str, ...]:
    processed = config.parent / "processed"
    folders = {"face": "face", "hand_left": "hand_l", "hand_right": "hand_r"}
    return tuple(f"data.{stream}_dir={processed / folder}" for stream, folder in folders.items())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("features")


@pytest.fixture(scope="module")
def whole(synthetic: Path, tmp_path_factory: pytest.TempPathFactory, home: Path) -> RunDir:
    """A run of three epochs whose cache was empty."""
    run = make_run(tmp_path_factory.mktemp("runs") / "whole", synthetic, *crops_of(synthetic), *FROZEN)
    before, os.environ["SLT_CACHE"] = os.environ["SLT_CACHE"], str(home)
    try:
        done = train_in_process(run)
    finally:
        os.environ["SLT_CACHE"] = before
    assert done.returncode == 0, done.stderr
    return run


def assert_same_run(run: RunDir, whole: RunDir) -> None:
    assert losses_of(steps_of(run)) == losses_of(steps_of(whole))
    assert [row["val"] for row in epochs_of(run)] == [row["val"] for row in epochs_of(whole)]
    weights, expected = (load_checkpoint(one.last)["model"] for one in (run, whole))
    assert all(torch.equal(weights[key], expected[key]) for key in expected)


def test_features_are_kept_for_frozen_streams_alone(whole: RunDir, home: Path) -> None:
    keys = list((home / "features").iterdir())
    assert len(keys) == 2
    assert all(len(list(key.rglob("*.feat"))) > 5 for key in keys)
    assert [row for row in read_rows(whole.events) if row["kind"] == "warning"] == []


@pytest.mark.slow
def test_a_run_that_finds_every_feature_is_the_same_bit_for_bit(
    whole: RunDir, synthetic: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLT_CACHE", str(home))
    files = {path: path.stat().st_mtime_ns for path in home.rglob("*.feat")}
    run = make_run(tmp_path / "run", synthetic, *crops_of(synthetic), *FROZEN, "data.num_workers=0")

    assert train_in_process(run).returncode == 0

    assert_same_run(run, whole)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*.feat")} == files


def test_a_run_killed_in_its_first_epoch_resumes_bit_for_bit(
    whole: RunDir, synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLT_CACHE", str(tmp_path / "cache"))
    run = make_run(tmp_path / "run", synthetic, *crops_of(synthetic), *FROZEN)
    trainer = start_trainer(run)
    wait_for(lambda: len(read_rows(run.steps)) >= 4)
    trainer.kill()
    trainer.wait()
    assert len(epochs_of(run)) < 3

    done = train_in_process(run, "--resume")

    assert done.returncode == 0, done.stderr
    assert_same_run(run, whole)


def test_a_cache_that_cannot_be_written_changes_nothing_but_a_warning(
    whole: RunDir, synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("SLT_CACHE", str(tmp_path / "cache"))
    run = make_run(tmp_path / "run", synthetic, *crops_of(synthetic), *FROZEN)

    assert train_in_process(run).returncode == 0

    assert_same_run(run, whole)
    warnings = [row["message"] for row in read_rows(run.events) if row["kind"] == "warning"]
    assert warnings
    assert all("features cannot be kept" in message for message in warnings)


def test_a_stream_whose_folder_is_gone_is_masked_when_a_run_is_scored(
    synthetic: Path, tmp_path: Path
) -> None:
    gone = tmp_path / "faces"
    shutil.copytree(synthetic.parent / "processed" / "face", gone)
    run = make_run(
        tmp_path / "run",
        synthetic,
        *crops_of(synthetic),
        f"data.face_dir={gone}",
        *FROZEN,
        "training.epochs=1",
    )
    assert train_in_process(run).returncode == 0
    shutil.rmtree(gone)

    index = synthetic.parent / "index" / "val.csv"
    command = [sys.executable, "-m", "slt_engine", "evaluate", str(run.path), "--index", str(index)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert f"{gone}: no such directory; the clips are scored without what it held" in done.stderr
    report = json.loads((run.evals / "val.json").read_text())
    assert report["clips"] == len(index.read_text().split()) - 1


def test_a_dry_run_keeps_no_features(
    synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLT_CACHE", str(tmp_path / "cache"))
    run = make_run(tmp_path / "run", synthetic, *crops_of(synthetic), *FROZEN)
    command = [sys.executable, "-m", "slt_engine", "dry-run", str(run.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    report = json.loads(done.stdout)
    assert done.returncode == 0, report
    assert report["batch"]["shapes"]["hand_right"][2:] == [16, 16, 3]
    assert report["batch"]["shapes"]["face"][2:] == [64]
    assert not (tmp_path / "cache").exists()
