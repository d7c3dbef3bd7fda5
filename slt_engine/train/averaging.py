"""Averaged weights: what a run with ema_decay is validated, decoded and kept as, beside the weights it trains on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from slt_engine.checkpoint import CheckpointError


class AveragedWeights:
    """average = d * average + (1 - d) * weight after every step, for each weight that trains.

    d = min(decay, (1 + step) / (10 + step)), so that a short run is not held back by its first weights (as in
    TensorFlow's ExponentialMovingAverage with num_updates). Running statistics, the float buffers that a checkpoint
    keeps, are averaged likewise: they belong to the weights that they were taken with. Integers are the model's own.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._model, self._decay = model, decay
        self._moving = [*(p for p in model.parameters() if p.requires_grad), *_running_statistics(model)]
        self._averages = [value.detach().clone() for value in self._moving]

    @torch.no_grad()
    def update(self, *, step: int) -> None:
        """Take in the weights as they are after optimizer step ``step`` (from 1)."""
        decay = min(self._decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self._averages, self._moving, 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model with its averages; with the weights that it trains on again afterwards."""
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    def state(self) -> dict[str, Tensor]:
        """The model's state dict as it would be with the averages in place; a shared weight has all its names."""
        averages = {id(value): average for value, average in zip(self._moving, self._averages, strict=True)}
        held = self._model.state_dict(keep_vars=True)
        return {name: averages.get(id(value), value.detach()) for name, value in held.items()}

    @torch.no_grad()
    def restore(self, state: Mapping[str, Tensor] | None) -> None:
        """From ``state()``. Raises CheckpointError where there is none."""
        if state is None:
            raise CheckpointError("last.pt holds no averaged weights; start a new run with --init-checkpoint")
        for name, average in self.state().items():
            average.copy_(state[name])

    @torch.no_grad()
    def _exchange(self) -> None:
        for weight, average in zip(self._moving, self._averages, strict=True):
            kept = weight.clone()
            weight.copy_(average)
            average.copy_(kept)


def _running_statistics(model: nn.Module) -> list[Tensor]:
    """The float buffers of the model's state dict, each once."""
    kept = {id(value) for value in model.state_dict(keep_vars=True).values()}
    return [buffer for buffer in model.buffers() if id(buffer) in kept and buffer.is_floating_point()]
