"""Fusion: the streams of a frame, concatenated, through one Linear."""

# B clips, T frames, D width.

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class Fusion(nn.Module):
    """concat -> Linear -> dropout, in the order of ``widths``, which maps a stream's name to its width."""

    def __init__(self, widths: Mapping[str, int], *, width: int, dropout: float) -> None:
        super().__init__()
        self.names = tuple(widths)
        self.projection = nn.Linear(sum(widths.values()), width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, streams_BTD: Mapping[str, Tensor]) -> Tensor:
        joined_BTD = torch.cat([streams_BTD[name] for name in self.names], dim=-1)
        fused_BTD: Tensor = self.dropout(self.projection(joined_BTD))
        return fused_BTD
