"""bf16 on a CPU computes in bf16, learns, and leaves weights in float32."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from slt_engine.checkpoint import load_checkpoint
from slt_engine.run.directory import RunDir
from tests.support.runs import make_run, status_of, steps_of, train_in_process

SHORT = ("training.epochs=3", "training.log_every_steps=1", "training.decode_every=0", "data.batch_size=4")


def trained(path: Path, synthetic: Path, *pairs: str) -> RunDir:
    run = make_run(path, synthetic, *SHORT, *pairs)
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run


def test_bf16_is_near_float32_and_learns_and_is_saved_as_float32(synthetic: Path, tmp_path: Path) -> None:
    exact = steps_of(trained(tmp_path / "float32", synthetic))
    run = trained(tmp_path / "bf16", synthetic, "training.precision=bf16", "training.ema_decay=0.9")
    rough, state = steps_of(run), load_checkpoint(run.last)
    assert rough[0]["loss"] != exact[0]["loss"]
    assert rough[0]["loss"] == pytest.approx(exact[0]["loss"], rel=0.02)
    assert rough[-1]["loss"] < 0.7 * rough[0]["loss"]
    for held in ("model", "averaged"):
        kinds = {value.dtype for value in state[held].values() if value.is_floating_point()}
        assert kinds == {torch.float32}
    moments = [value for one in state["optimizer"]["state"].values() for value in one.values() if value.ndim]
    assert {value.dtype for value in moments} == {torch.float32}


@pytest.mark.skipif(torch.cuda.is_available(), reason="auto is the GPU here")
def test_fp16_on_a_cpu_that_auto_chose_ends_the_run_in_one_line(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", synthetic, "training.device=auto", "training.precision=fp16")
    done = train_in_process(run)
    assert done.returncode == 1
    assert "use bf16 or float32 on a CPU" in status_of(run)["message"]
    assert "Traceback" not in done.stderr
