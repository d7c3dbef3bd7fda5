"""Optimizer groups and the learning-rate schedule."""

from __future__ import annotations

import math
from typing import get_args

import pytest
import torch
from torch import nn

from slt_engine.config.optim import UNFIT_OPTIMIZERS, OptimizerName
from slt_engine.train.optim import OPTIMIZERS, Schedule, build_optimizer

GROUPS = {
    "encoder": [("w", nn.Parameter(torch.ones(2, 2))), ("b", nn.Parameter(torch.ones(2)))],
    "decoder": [("w", nn.Parameter(torch.ones(3, 2)))],
}


def schedule(name: str, **changes: float) -> Schedule:
    values = {"warmup_steps": 0, "step_size": 2, "gamma": 0.5, "tmax": 4, **changes}
    return Schedule(name=name, **values)  # type: ignore[arg-type]


def test_norms_and_biases_do_not_decay() -> None:
    optimizer = build_optimizer(GROUPS, {"encoder": 0.1, "decoder": 0.2}, name="adamw", weight_decay=0.3)
    decays = {
        (group["part"], group["params"][0].ndim): group["weight_decay"] for group in optimizer.param_groups
    }
    assert decays == {("encoder", 2): 0.3, ("encoder", 1): 0.0, ("decoder", 2): 0.3}


def test_a_prompt_does_not_decay() -> None:
    named = [("decoder.prompt.vectors_ND", nn.Parameter(torch.ones(4, 2)))]
    (group,) = build_optimizer(
        {"decoder": named}, {"decoder": 0.1}, name="adamw", weight_decay=0.3
    ).param_groups
    assert group["weight_decay"] == 0.0


def test_each_part_has_its_own_rate() -> None:
    optimizer = build_optimizer(GROUPS, {"encoder": 0.1, "decoder": 0.2}, name="sgd", weight_decay=0.0)
    schedule("none").apply(optimizer, step=1, epoch=1)
    assert {(group["part"], group["lr"]) for group in optimizer.param_groups} == {
        ("encoder", 0.1),
        ("decoder", 0.2),
    }


def test_a_frozen_parameter_is_left_out() -> None:
    frozen = nn.Parameter(torch.ones(2, 2), requires_grad=False)
    groups = {"encoder": [("w", frozen), ("v", nn.Parameter(torch.ones(2, 2)))]}
    optimizer = build_optimizer(groups, {"encoder": 0.1}, name="adamw", weight_decay=0.0)
    assert sum(len(group["params"]) for group in optimizer.param_groups) == 1


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("steplr", lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=2, gamma=0.5)),
        ("cosine", lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=4)),
    ],
)
def test_the_curve_equals_torchs_own(name: str, reference: object) -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=1.0)
    theirs = reference(optimizer)  # type: ignore[operator]
    for epoch in range(1, 5):
        assert schedule(name).factor(step=1, epoch=epoch) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        theirs.step()


def test_warm_up_rises_evenly_to_one() -> None:
    warming = schedule("none", warmup_steps=4)
    assert [warming.factor(step=step, epoch=1) for step in (1, 2, 4, 9)] == [0.25, 0.5, 1.0, 1.0]


def test_every_optimizer_of_torch_is_offered_or_refused_with_a_reason() -> None:
    theirs = {name.lower() for name, one in vars(torch.optim).items() if isinstance(one, type)} - {
        "optimizer"
    }
    assert set(OPTIMIZERS) | UNFIT_OPTIMIZERS.keys() == theirs
    assert set(get_args(get_args(OptimizerName)[0])) == set(OPTIMIZERS)


def steps_of_sgd(*, fused: bool) -> torch.Tensor:
    """A weight after two steps."""
    weight = nn.Parameter(torch.linspace(-1, 1, 12).view(3, 4))
    optimizer = build_optimizer({"encoder": [("w", weight)]}, {"encoder": 0.1}, name="sgd", weight_decay=0.2)
    for group in optimizer.param_groups:
        group["fused"] = fused
    for _ in range(2):
        optimizer.zero_grad()
        weight.pow(3).sum().backward()
        optimizer.step()
    return weight.detach()


def test_fused_sgd_takes_the_steps_of_the_plain_one() -> None:
    torch.testing.assert_close(steps_of_sgd(fused=True), steps_of_sgd(fused=False))


def test_decay_shrinks_matrices_and_leaves_biases() -> None:
    matrix, bias = nn.Parameter(torch.ones(2, 2)), nn.Parameter(torch.ones(2))
    named = {"encoder": [("w", matrix), ("b", bias)]}
    optimizer = build_optimizer(named, {"encoder": 0.5}, name="adamw", weight_decay=0.2)
    matrix.grad, bias.grad = torch.zeros(2, 2), torch.zeros(2)
    optimizer.step()
    torch.testing.assert_close(matrix.detach(), torch.full((2, 2), 1 - 0.5 * 0.2))
    assert torch.equal(bias.detach(), torch.ones(2))


def test_warm_up_multiplies_the_curve() -> None:
    warming = schedule("cosine", warmup_steps=10, tmax=4)
    assert warming.factor(step=5, epoch=3) == pytest.approx(0.5 * 0.5 * (1 + math.cos(math.pi * 2 / 4)))
    assert warming.factor(step=50, epoch=9) == pytest.approx(0.0)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_optimizer_takes_a_step(name: str) -> None:
    weight = nn.Parameter(torch.ones(2, 2))
    optimizer = build_optimizer({"encoder": [("w", weight)]}, {"encoder": 0.1}, name=name, weight_decay=0.0)
    weight.square().sum().backward()
    optimizer.step()
    assert not torch.equal(weight.detach(), torch.ones(2, 2))
