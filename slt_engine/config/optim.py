"""The optim section: optimizer, learning rates and their schedule."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from slt_engine.config.base import (
    Count,
    Maybe,
    NonNegativeReal,
    Otherwise,
    Positive,
    PositiveReal,
    Probability,
    Section,
    read_lower,
    read_lower_or_none,
)


def read_scheduler(value: Any) -> Any:
    """The schedule's name in any case; warm-up is a knob of its own."""
    name = read_lower_or_none(value)
    if isinstance(name, str) and name.replace("_", " ").replace("-", " ").split() == ["cosine", "warmup"]:
        raise ValueError(f"{value!r} is not a schedule: use cosine with --warmup-steps (optim.warmup_steps)")
    return name


def read_optimizer(value: Any) -> Any:
    """The optimizer's name in any case; torch's others need what a training step here does not have."""
    name = read_lower(value)
    if isinstance(name, str) and name in UNFIT_OPTIMIZERS:
        raise ValueError(f"{value!r} {UNFIT_OPTIMIZERS[name]}: use adamw, or another of `slt flags`")
    return name


UNFIT_OPTIMIZERS = {
    "lbfgs": "evaluates the loss many times a step",
    "sparseadam": "takes sparse gradients only",
    "muon": "takes matrices only, and a model has norms and biases too",
}

OptimizerName = Annotated[
    Literal[
        "adamw",
        "adam",
        "sgd",
        "rmsprop",
        "adafactor",
        "adagrad",
        "adadelta",
        "adamax",
        "nadam",
        "radam",
        "asgd",
        "rprop",
    ],
    BeforeValidator(read_optimizer),
]
SchedulerName = Annotated[Literal["none", "steplr", "cosine"], BeforeValidator(read_scheduler)]


class Optimizer(Section):
    """Optimizer"""

    optimizer: OptimizerName = "adamw"
    """Optimizer, by its name in torch.optim."""

    lr: PositiveReal = 1e-3
    """Learning rate of every part that has none of its own."""

    lr_encoder: Annotated[Maybe[PositiveReal], Otherwise("lr")] = None
    """Learning rate of the streams, the fusion and the temporal transformer."""

    lr_decoder: Annotated[Maybe[PositiveReal], Otherwise("lr")] = None
    """Learning rate of the decoder."""

    lr_mska: Annotated[Maybe[PositiveReal], Otherwise("lr_encoder")] = None
    """Learning rate of the keypoint encoder and its CTC heads."""

    lr_mapper: Annotated[Maybe[PositiveReal], Otherwise("lr")] = None
    """Learning rate of the gloss MLP and of the adapter before the decoder."""

    weight_decay: NonNegativeReal = 0.0
    """Weight decay; norms and biases are spared."""

    label_smoothing: Probability = 0.1
    """Share of the target's probability spread over the other tokens in the translation loss."""

    clip_grad_norm: Maybe[PositiveReal] = None
    """Scale gradients down to this norm before a step; off when not given."""


class Schedule(Section):
    """Learning rate schedule"""

    scheduler: SchedulerName = "none"
    """How the learning rate falls: none keeps it, steplr multiplies it every few epochs, cosine takes it to
    zero."""

    scheduler_step_size: Positive = 5
    """Epochs between the steps of steplr."""

    scheduler_gamma: PositiveReal = 0.5
    """Factor of each step of steplr."""

    scheduler_tmax: Annotated[Maybe[Positive], Otherwise("epochs")] = None
    """Epochs that cosine takes to reach zero."""

    warmup_steps: Count = 0
    """Optimizer steps over which the learning rate first rises from zero."""


class Optim(Optimizer, Schedule):
    """How weights change."""
