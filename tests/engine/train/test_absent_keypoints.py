"""A run whose folder of keypoints is gone is scored without them, as one without another stream is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from slt_engine.checkpoint import load_checkpoint, save_checkpoint
from slt_engine.evaluate.run import evaluate
from slt_engine.run.directory import RunDir
from tests.support.runs import make_run, train_in_process

ENCODERS = ("joint", "conv", "paper")


def trained_and_robbed(synthetic: Path, tmp_path: Path, encoder: str) -> tuple[RunDir, Path]:
    """A run of keypoints and pose, and the folder of keypoints that it no longer has."""
    gone = tmp_path / "keypoints"
    shutil.copytree(synthetic.parent / "processed" / "keypoints", gone)
    processed = synthetic.parent / "processed"
    run = make_run(
        tmp_path / "run",
        synthetic,
        f"data.keypoints_dir={gone}",
        f"data.pose_dir={processed / 'pose'}",
        f"model.mska_encoder={encoder}",
        "model.mska_temporal_blocks=1",
        "training.epochs=1",
    )
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(gone)
    return run, gone


@pytest.mark.parametrize("encoder", ENCODERS)
def test_keypoints_whose_folder_is_gone_are_masked_when_a_run_is_scored(
    synthetic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], encoder: str
) -> None:
    run, gone = trained_and_robbed(synthetic, tmp_path, encoder)
    index = synthetic.parent / "index" / "val.csv"
    assert evaluate(run.path, indexes=[index], checkpoint="last") == 0
    assert f"{gone}: no such directory; the clips are scored without what it held" in capsys.readouterr().err
    report = json.loads((run.evals / "val.json").read_text())
    assert report["clips"] == len(index.read_text().split()) - 1


def test_a_checkpoint_that_tells_no_layout_says_where_the_keypoints_should_be(
    synthetic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, gone = trained_and_robbed(synthetic, tmp_path, "conv")
    state = load_checkpoint(run.last)
    del state["layout"]
    save_checkpoint(run.last, state)
    index = synthetic.parent / "index" / "val.csv"
    assert evaluate(run.path, indexes=[index], checkpoint="last") == 1
    assert f"{gone}: cannot be listed" in capsys.readouterr().err
