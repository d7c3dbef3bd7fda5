"""The gloss MLP: the fused keypoint sequence, mapped to what the decoder reads beside the frames."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from torch import Tensor, nn


class GlossMlp(nn.Module):
    """Linear -> activation -> Dropout, twice with ``second_hidden``, then a Linear."""

    def __init__(
        self,
        *,
        width: int,
        hidden: int,
        second_hidden: int | None,
        out: int,
        slope: float,
        dropout: float,
        activation: str = "leaky_relu",
    ) -> None:
        super().__init__()
        widths = [width, hidden] if second_hidden is None else [width, hidden, second_hidden]
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after), ACTIVATIONS[activation](slope), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers, nn.Linear(widths[-1], out))

    def forward(self, x_BTD: Tensor) -> Tensor:
        gloss_BTD: Tensor = self.layers(x_BTD)
        return gloss_BTD


ACTIVATIONS: dict[str, Callable[[float], nn.Module]] = {"leaky_relu": nn.LeakyReLU}
