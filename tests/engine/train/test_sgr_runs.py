"""SGR in real runs: it moves, resumes bit for bit, and takes a data set of more joints."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import torch
from torch import Tensor

from slt_engine.checkpoint import load_checkpoint
from slt_engine.run.directory import RunDir
from tests.engine.train.test_resume import assert_same_run
from tests.support.runs import epochs_of, make_run, start_trainer, steps_of, train_in_process, wait_for

PAIRS = (
    "model.mska_encoder=joint",
    "model.mska_heads=2",
    "model.mska_stream_heads=2",
    "model.mska_use_sgr=true",
    "training.epochs=2",
    "data.batch_size=2",
    "training.log_every_steps=1",
    "training.checkpoint_every_steps=2",
    "training.decode_every=0",
)
BODY = "keypoints.sgr.matrices.body.matrix_jj"
FEWER = "{name: fewer, points: 79, streams: {body: [68-76], hand_l: [0-20], hand_r: [21-41]}, shoulders: [68, 69]}"
MORE = FEWER.replace("68-76", "68-78").replace("fewer", "more")


@pytest.fixture(scope="module")
def uninterrupted(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    run = make_run(tmp_path_factory.mktemp("runs") / "whole", synthetic, *PAIRS)
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run


def matrices_of(run: RunDir) -> dict[str, Tensor]:
    weights: dict[str, Tensor] = load_checkpoint(run.last)["model"]
    return {name: weight for name, weight in weights.items() if name.endswith("matrix_jj")}


def test_the_matrix_of_every_stream_moves_in_training(uninterrupted: RunDir) -> None:
    matrices = matrices_of(uninterrupted)

    assert [name.split(".")[3] for name in matrices] == ["body", "face", "hand_l", "hand_r"]
    assert all(not torch.equal(matrix_jj, torch.eye(len(matrix_jj))) for matrix_jj in matrices.values())


def test_a_killed_run_resumes_bit_for_bit(uninterrupted: RunDir, synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "killed", synthetic, *PAIRS)
    trainer = start_trainer(run)
    killed_at = epochs_of(uninterrupted)[0]["step"] + 3
    wait_for(lambda: any(row["step"] >= killed_at for row in steps_of(run)))
    trainer.send_signal(signal.SIGKILL)
    assert trainer.wait() == -signal.SIGKILL

    done = train_in_process(run, "--resume")

    assert done.returncode == 0, done.stderr
    assert_same_run(run, uninterrupted)


def test_a_run_goes_on_with_more_joints_by_resume_and_by_init_checkpoint(
    synthetic: Path, tmp_path: Path
) -> None:
    layouts = {name: tmp_path / f"{name}.yaml" for name in ("fewer", "more")}
    for path, text in zip(layouts.values(), (FEWER, MORE), strict=True):
        path.write_text(text)
    run = make_run(
        tmp_path / "run",
        synthetic,
        *PAIRS,
        "training.epochs=1",
        "training.ema_decay=0.9",
        f"data.keypoint_layout={layouts['fewer']}",
    )
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    learned_jj = load_checkpoint(run.last)["averaged"][BODY]
    started = make_run(
        tmp_path / "started",
        synthetic,
        *PAIRS,
        f"training.init_checkpoint={run.last}",
        "training.max_train_steps=1",
        "optim.lr=1e-8",
        f"data.keypoint_layout={layouts['more']}",
    )

    begun = train_in_process(started)
    document = run.read_config()
    document["data"]["keypoint_layout"] = str(layouts["more"])
    document["training"]["epochs"] = 2
    run.archive_config(document)
    resumed = train_in_process(run, "--resume")

    assert begun.returncode == 0, begun.stderr
    assert resumed.returncode == 0, resumed.stderr
    assert learned_jj.shape == (9, 9)
    torch.testing.assert_close(matrices_of(started)[BODY][:9, :9], learned_jj, atol=1e-6, rtol=0)
    assert "stream body had 9 joints and has 11 here" in started.train_log.read_text()
    assert "stream body had 9 joints and has 11 here" in run.train_log.read_text()
    state = load_checkpoint(run.last)
    assert state["averaged"][BODY].shape == (11, 11)
    shapes = {tuple(moments["exp_avg"].shape) for moments in state["optimizer"]["state"].values()}
    assert (11, 11) in shapes
    assert (9, 9) not in shapes
