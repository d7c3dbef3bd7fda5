"""Optimizer groups and the learning-rate schedule."""

from __future__ import annotations

import pytest
import torch
from torch import nn

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


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_optimizer_takes_a_step(name: str) -> None:
    weight = nn.Parameter(torch.ones(2, 2))
    optimizer = build_optimizer({"encoder": [("w", weight)]}, {"encoder": 0.1}, name=name, weight_decay=0.0)
    weight.square().sum().backward()
    optimizer.step()
    assert not torch.equal(weight.detach(), torch.ones(2, 2))
