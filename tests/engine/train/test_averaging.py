"""Averaged weights: what a run is scored and kept with, while it trains on its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from torch import nn

from slt_engine.checkpoint import load_checkpoint, save_checkpoint, scored_weights
from slt_engine.evaluate.run import evaluate
from slt_engine.run.directory import RunDir
from slt_engine.run.files import read_json
from slt_engine.train.averaging import AveragedWeights
from tests.support.runs import epochs_of, losses_of, make_run, steps_of, train_in_process

SHORT = (
    "training.log_every_steps=1",
    "training.decode_every=0",
    "data.batch_size=4",
    "training.ema_decay=0.5",
    "optim.lr=0.01",
    "optim.warmup_steps=0",
)


def test_the_average_follows_its_formula() -> None:
    model = nn.Linear(1, 1, bias=False)
    averaged = AveragedWeights(model, 0.3)
    expected = model.weight.item()
    for step in range(1, 6):
        with torch.no_grad():
            model.weight.add_(1.0)
        averaged.update(step=step)
        decay = min(0.3, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * model.weight.item()
    assert averaged.state()["weight"].item() == pytest.approx(expected)


def test_the_model_trains_on_its_own_weights_after_it_was_scored_with_the_averages() -> None:
    model = nn.Linear(2, 2)
    averaged = AveragedWeights(model, 0.9)
    own = model.weight.detach().clone()
    with torch.no_grad():
        model.weight.add_(1.0)
    with averaged.in_place():
        assert torch.equal(model.weight, own)
    assert torch.equal(model.weight, own + 1.0)


def test_a_shared_weight_has_its_average_under_both_names() -> None:
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    model[1].weight = model[0].weight  # type: ignore[union-attr]
    averaged = AveragedWeights(model, 0.9)
    with torch.no_grad():
        model[0].weight.add_(1.0)  # type: ignore[operator,union-attr]
    state = averaged.state()
    assert torch.equal(state["0.weight"], state["1.weight"])
    assert not torch.equal(state["0.weight"], model.state_dict()["0.weight"])


def test_running_statistics_are_averaged_scored_with_and_restored_like_weights() -> None:
    model = nn.BatchNorm1d(2)
    averaged = AveragedWeights(model, 0.3)
    assert model.running_mean is not None
    expected = model.running_mean.clone()
    for step in range(1, 4):
        model(torch.tensor([[1.0, 2.0], [3.0, 8.0]]) * step)
        averaged.update(step=step)
        decay = min(0.3, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * model.running_mean
    own, state = model.running_mean.clone(), averaged.state()
    assert torch.allclose(state["running_mean"], expected)
    assert not torch.equal(state["running_mean"], own)
    assert state["num_batches_tracked"] == 3
    resumed = AveragedWeights(model, 0.3)
    resumed.restore(state)
    with resumed.in_place():
        assert torch.equal(model.running_mean, averaged.state()["running_mean"])
    assert torch.equal(model.running_mean, own)


@pytest.fixture(scope="module")
def whole(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """Two epochs."""
    run = make_run(tmp_path_factory.mktemp("averaged") / "whole", synthetic, *SHORT, "training.epochs=2")
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run


def test_a_run_is_scored_with_its_averages(whole: RunDir, synthetic: Path, tmp_path: Path) -> None:
    plain = make_run(tmp_path / "plain", synthetic, *SHORT, "training.epochs=2", "training.ema_decay=none")
    done = train_in_process(plain)
    assert done.returncode == 0, done.stderr
    assert losses_of(steps_of(plain)) == losses_of(steps_of(whole))
    assert epochs_of(plain)[0]["val"]["loss"] != epochs_of(whole)[0]["val"]["loss"]
    state = load_checkpoint(whole.best)
    assert any(not torch.equal(state["model"][name], value) for name, value in scored_weights(state).items())


@pytest.mark.slow
def test_a_resumed_run_has_the_same_averages(whole: RunDir, synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "halves", synthetic, *SHORT, "training.epochs=2", "training.max_train_steps=3")
    assert train_in_process(run).returncode == 0
    document = run.read_config()
    document["training"]["max_train_steps"] = None
    run.archive_config(document)
    done = train_in_process(run, "--resume")
    assert done.returncode == 0, done.stderr
    ours, theirs = load_checkpoint(run.last), load_checkpoint(whole.last)
    for held in ("model", "averaged"):
        assert all(torch.equal(ours[held][name], value) for name, value in theirs[held].items())


def test_evaluation_reads_the_averages(whole: RunDir, tmp_path: Path) -> None:
    state = load_checkpoint(whole.best)
    broken = {
        name: value * float("nan") if value.is_floating_point() else value
        for name, value in state["model"].items()
    }
    copy = RunDir(tmp_path / "copy")
    shutil.copytree(whole.path, copy.path)
    copy.best.unlink()
    save_checkpoint(copy.best, {**state, "model": broken})
    index = whole.read_config()["data"]["val_index"]
    scores = []
    for run in (whole, copy):
        assert evaluate(run.path, indexes=[Path(index)], checkpoint="best") == 0
        scores.append(read_json(next(run.evals.glob("*.json")))["translations"])
    assert scores[0] == scores[1]
