"""The temporal transformer: positions, then attention over a clip's frames."""

# B clips, T frames, D width. Masks are True where real.

from __future__ import annotations

import torch
from torch import Tensor, nn

from slt_engine.model.attention import Block
from slt_engine.model.errors import ModelError


class TemporalTransformer(nn.Module):
    """(B, T, D) -> (B, T, D), zero on padding; ``layers`` 0 leaves the positions, the dropout and the norm.

    The positions are learned and start with a standard deviation of 1 / sqrt(D). They must not start small: with 0.02
    a fresh decoder finds out what was signed long before it finds out in which order.
    """

    def __init__(
        self, width: int, *, max_frames: int, layers: int, heads: int, feed_forward: int, dropout: float
    ) -> None:
        super().__init__()
        self.positions_TD = nn.Parameter(torch.empty(max_frames, width))
        nn.init.normal_(self.positions_TD, std=width**-0.5)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            Block(width, heads=heads, feed_forward=feed_forward, dropout=dropout) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, x_BTD: Tensor, frames_BT: Tensor) -> Tensor:
        x_BTD = self.dropout(x_BTD + self._positions(x_BTD.shape[1]))
        for block in self.blocks:
            x_BTD = block(x_BTD, frames_BT)
        encoded_BTD: Tensor = self.norm(x_BTD) * frames_BT.unsqueeze(-1)
        return encoded_BTD

    def _positions(self, frames: int) -> Tensor:
        if frames > len(self.positions_TD):
            raise ModelError(
                f"a clip of {frames} frames is longer than the model's {len(self.positions_TD)} positions: sample it "
                "down, or build the model with a larger sequence_length"
            )
        return self.positions_TD[:frames]
