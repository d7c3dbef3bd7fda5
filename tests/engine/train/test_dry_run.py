"""A dry run tells what a run would take, takes real steps for it, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from slt_engine.config import load_config_document
from slt_engine.config.saving import config_text
from slt_engine.model.frames import FrameStreams
from slt_engine.train.dry_run import dry_run
from tests.support.runs import make_run


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_it_counts_what_a_run_would_have_and_leaves_the_run_as_it_was(
    synthetic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make_run(tmp_path / "run", synthetic, "training.grad_accum_steps=2", "training.epochs=3")
    before = sorted(tmp_path.rglob("*"))
    assert dry_run(run.path) == 0
    report = told(capsys)
    assert report["clips"] == {"train": 14, "val": 3}
    assert (report["steps_per_epoch"], report["steps"], report["epochs"]) == (1, 3, 3)
    assert set(report["parameters"]) == {"encoder", "mska", "mapper", "decoder", "all"}
    assert (
        sum(part["total"] for part in report["parameters"].values())
        == 2 * report["parameters"]["all"]["total"]
    )
    assert report["batch"]["shapes"]["keypoints"][0] == report["batch"]["clips"] == 8
    assert min(report["step"]["first_s"], report["step"]["median_s"], report["epoch_s"], report["run_s"]) > 0
    assert 0 < report["memory"]["peak_bytes"] < report["memory"]["total_bytes"]
    assert report["run_s"] == pytest.approx(3 * report["epoch_s"])
    assert report["features_s"] == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_config_file_needs_no_work_dir(
    synthetic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.yaml"
    values = {**load_config_document(synthetic).values, "model.d_model": 32, "training.max_train_steps": 1}
    file.write_text(config_text(values))
    assert dry_run(file) == 0
    assert told(capsys)["steps"] == 1


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ("data.frames_per_batch=64", 0, ""),
        ("data.train_index=/nowhere.csv", 1, "nowhere.csv"),
        ("model.mska_ctc_vocab=2", 1, "mska_ctc_vocab is 2"),
    ],
)
def test_what_stops_a_run_stops_it_with_the_same_words(
    synthetic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str, code: int, words: str
) -> None:
    run = make_run(tmp_path / "run", synthetic, change)
    assert dry_run(run.path) == code
    assert words in " ".join(told(capsys).get("problems", []))


def test_settings_that_cannot_be_used_are_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("optim: {lr: 0}\n")
    assert (dry_run(file), dry_run(tmp_path)) == (2, 2)
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert f"{file}: optim.lr: must be above 0, not 0" in first["problems"]
    assert "holds no run" in second["problems"][0]


def test_a_run_of_several_processes_is_tried_in_one_and_says_so(
    synthetic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make_run(tmp_path / "run", synthetic, "training.processes=2")
    assert dry_run(run.path) == 0
    assert "tried in one process, with the whole batch; 2 would share it" in told(capsys)["notes"]


def test_frozen_backbones_cost_a_run_its_first_epoch_alone(
    synthetic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time is counted in pictures that a backbone has seen."""
    pictures, compute = 0, FrameStreams.frame_features

    def count(self: FrameStreams, name: str, crops_BTHWC: Tensor, found_BT: Tensor) -> Tensor:
        nonlocal pictures
        pictures += found_BT.numel()
        return compute(self, name, crops_BTHWC, found_BT)

    monkeypatch.setattr(FrameStreams, "frame_features", count)
    monkeypatch.setattr("slt_engine.train.estimate.perf_counter", lambda: float(pictures))
    face = synthetic.parent / "processed" / "face"
    values = ("model.face_backbone=tiny", "model.freeze_face_backbone=true", "model.image_size=16")
    run = make_run(tmp_path / "run", synthetic, f"data.face_dir={face}", *values, "training.epochs=3")

    assert dry_run(run.path) == 0

    report = told(capsys)
    assert report["step"]["data_s"] == 0
    assert report["features_s"] >= report["usual_batch"]["frames"]
    assert report["run_s"] == pytest.approx(3 * report["epoch_s"] + report["features_s"])
