"""A run through a pretrained DINOv2: its weights are needed once, then the checkpoint has them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from slt_engine.checkpoint import load_checkpoint
from tests.engine.model.small_frames import SIZE, small_vit
from tests.support.runs import make_run, train_in_process


@pytest.mark.slow
def test_a_run_is_resumed_and_scored_without_the_weights_that_it_began_with(
    synthetic: Path, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    vit = small_vit()
    vit.save_pretrained(tmp_path / "vit")
    processed = synthetic.parent / "processed"
    run = make_run(
        tmp_path / "run",
        synthetic,
        f"data.face_dir={processed / 'face'}",
        f"data.hand_right_dir={processed / 'hand_r'}",
        f"model.face_backbone=hf:{tmp_path / 'vit'}",
        "model.freeze_face_backbone=true",
        f"model.hand_right_backbone=hf:{tmp_path / 'vit'}",
        f"model.image_size={SIZE}",
        "training.epochs=1",
        "training.max_train_steps=2",
        "training.decode_every=0",
    )
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    (tmp_path / "vit" / "model.safetensors").unlink()

    resumed = train_in_process(run, "--resume")
    index = synthetic.parent / "index" / "val.csv"
    command = [sys.executable, "-m", "slt_engine", "evaluate", str(run.path), "--index", str(index)]
    scored = subprocess.run(command, capture_output=True, text=True, check=False)

    assert resumed.returncode == 0, resumed.stderr
    assert scored.returncode == 0, scored.stderr
    weights, began = load_checkpoint(run.last)["model"], vit.state_dict()
    name = "encoder.layer.0.mlp.fc1.weight"
    assert torch.equal(weights[f"frames.backbones.face.vit.{name}"], began[name])
    assert not torch.equal(weights[f"frames.backbones.hand_right.vit.{name}"], began[name])
