"""Joints that came later: weights and optimizer state in larger tensors, what was learned in their first corner."""

# j joints of a stream, D width.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

GROWING = ("names_jD", "matrix_jj")
"""Parameters, by the end of their names, with an axis of joints: these may be larger than in a checkpoint."""
RPROP_STEPS = "step_size"
"""The one state that starts at the learning rate and not at zero (torch.optim.Rprop)."""


class Enlarged(NamedTuple):
    """Weights in a model's own shapes, and a line for each stream that had fewer joints."""

    weights: dict[str, Tensor]
    notes: list[str]


def enlarge_weights(weights: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> Enlarged:
    """``weights``, those of fewer joints in the first corner of a model's ``own``; a joint is its place in its stream.

    What does not fit for another reason stays as it is, for the caller to refuse.
    """
    grown = [
        name
        for name, weight in weights.items()
        if name.endswith(GROWING) and _is_smaller(weight, own.get(name))
    ]
    larger = {name: _fill_corner(own[name].clone(), weights[name]) for name in grown}
    notes = [
        f"stream {name.split('.')[-2]} had {len(weights[name])} joints and has {len(own[name])} here; the new ones "
        "are untrained"
        for name in grown
        if name.endswith("names_jD")
    ]
    return Enlarged({**weights, **larger}, notes)


def enlarge_moments(optimizer: torch.optim.Optimizer, former: Mapping[nn.Parameter, torch.Size]) -> None:
    """Give the state of each parameter that had a ``former`` shape its shape of today: new entries as at the start.

    Adafactor's rows and columns, which are 1 along the other axis, stay so.
    """
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            state: dict[str, Any] = optimizer.state.get(parameter, {})
            shape = former.get(parameter, parameter.shape)
            for name, value in state.items():
                if shape != parameter.shape and isinstance(value, Tensor) and value.ndim == parameter.ndim:
                    start = group["lr"] if name == RPROP_STEPS else 0.0
                    sizes = _sizes_today(value.shape, shape, parameter.shape)
                    state[name] = _fill_corner(value.new_full(sizes, start), value)


def replace_parameters(
    optimizer: torch.optim.Optimizer, before: Mapping[str, nn.Parameter], after: Mapping[str, nn.Parameter]
) -> None:
    """Let ``optimizer`` train the parameters of ``after`` in the places, and with the state, of those before."""
    swaps = {old: after[name] for name, old in before.items() if after[name] is not old}
    for group in optimizer.param_groups:
        group["params"] = [swaps.get(parameter, parameter) for parameter in group["params"]]
    for old, new in swaps.items():
        if old in optimizer.state:
            optimizer.state[new] = optimizer.state.pop(old)
    enlarge_moments(optimizer, {new: old.shape for old, new in swaps.items()})


def enlarged(old: nn.Parameter, fresh: Tensor) -> nn.Parameter:
    """``fresh`` with ``old`` in its first corner, on its device and in its dtype."""
    filled = _fill_corner(fresh.to(old), old.detach())
    return nn.Parameter(filled, requires_grad=old.requires_grad)


def _is_smaller(tensor: Tensor, own: Tensor | None) -> bool:
    """Whether ``tensor`` fits into a corner of ``own`` and does not fill it."""
    if own is None or tensor.ndim != own.ndim or tensor.shape == own.shape:
        return False
    return all(small <= large for small, large in zip(tensor.shape, own.shape, strict=True))


def _sizes_today(state: torch.Size, former: torch.Size, own: torch.Size) -> list[int]:
    return [today if size == before else size for size, before, today in zip(state, former, own, strict=True)]


def _fill_corner(larger: Tensor, tensor: Tensor) -> Tensor:
    """``larger``, written over."""
    larger[tuple(slice(size) for size in tensor.shape)] = tensor
    return larger
