"""Optimizer, parameter groups and learning-rate schedule."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

Named = Sequence[tuple[str, nn.Parameter]]


def build_optimizer(
    groups: Mapping[str, Named], rates: Mapping[str, float], *, name: str, weight_decay: float
) -> torch.optim.Optimizer:
    """One group a part and decay: matrices decay, norms, biases, other vectors and what is ``SPARED`` do not.

    ``rates`` gives each part of ``groups`` its learning rate, kept as the group's ``base_lr``.
    """
    parameter_groups = [
        {"params": chosen, "lr": rates[part], "base_lr": rates[part], "weight_decay": decay, "part": part}
        for part, named in groups.items()
        for decay, chosen in _by_decay(named, weight_decay)
        if chosen
    ]
    return OPTIMIZERS[name](parameter_groups)


def _by_decay(named: Named, weight_decay: float) -> list[tuple[float, list[nn.Parameter]]]:
    trainable = [(name, p) for name, p in named if p.requires_grad]
    decays = [p.ndim >= 2 and not name.endswith(SPARED) for name, p in trainable]
    return [
        (weight_decay, [p for (_, p), decay in zip(trainable, decays, strict=True) if decay]),
        (0.0, [p for (_, p), decay in zip(trainable, decays, strict=True) if not decay]),
    ]


@dataclass(frozen=True)
class Schedule:
    """The factor on every group's base rate: linear warm-up by optimizer step, times a curve by epoch."""

    name: str
    warmup_steps: int
    step_size: int
    gamma: float
    tmax: int

    def factor(self, *, step: int, epoch: int) -> float:
        """The factor for optimizer step ``step`` (from 1) of epoch ``epoch`` (from 1)."""
        warmup = min(1.0, step / self.warmup_steps) if self.warmup_steps else 1.0
        return warmup * CURVES[self.name](self, epoch - 1)

    def apply(self, optimizer: torch.optim.Optimizer, *, step: int, epoch: int) -> None:
        """Set the rates for the step that comes."""
        factor = self.factor(step=step, epoch=epoch)
        for group in optimizer.param_groups:
            group["lr"] = group["base_lr"] * factor


def _constant(_: Schedule, __: int) -> float:
    return 1.0


def _steps(schedule: Schedule, epochs_done: int) -> float:
    return float(schedule.gamma ** (epochs_done // schedule.step_size))


def _cosine(schedule: Schedule, epochs_done: int) -> float:
    """Cosine annealing to zero over ``tmax`` epochs (Loshchilov and Hutter 2017, eq. 5, one cycle)."""
    return 0.5 * (1.0 + math.cos(math.pi * min(epochs_done, schedule.tmax) / schedule.tmax))


SPARED = ("prompt.vectors_ND", "matrix_jj")
"""Ends of the names of parameters that have two axes and do not decay all the same: a prompt is a list of vectors,
and an SGR matrix begins at the identity, not at zero."""

CURVES: dict[str, Callable[[Schedule, int], float]] = {"none": _constant, "steplr": _steps, "cosine": _cosine}

OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adamw": partial(torch.optim.AdamW, fused=True),
    "adam": partial(torch.optim.Adam, fused=True),
    "sgd": partial(torch.optim.SGD, fused=True),
    "rmsprop": torch.optim.RMSprop,
    "adafactor": torch.optim.Adafactor,
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
    "adamax": torch.optim.Adamax,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
    "asgd": torch.optim.ASGD,
    "rprop": torch.optim.Rprop,
}
