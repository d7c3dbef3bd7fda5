"""The published MSKA heads without their last Linear: what turns a stream's features into gloss features."""

# B clips, T frames, W width of the features, D width of a head, F width of its feed-forward.
# Masks are True where real.

from __future__ import annotations

import torch
from torch import Tensor, nn

from slt_engine.model.mska.masked_norm import MaskedBatchNorm
from slt_engine.model.mska.paper_block import joint_places

DROPOUT = 0.1


class HeadTrunk(nn.Module):
    """Linear, BatchNorm, ReLU, positions, dropout; a convolutional feed-forward around a skip; LayerNorm."""

    def __init__(self, features: int, *, width: int = 512, feed_forward: int = 2048, kernel: int = 3) -> None:
        super().__init__()
        self.fc1 = nn.Linear(features, width)
        self.bn1 = MaskedBatchNorm(width)
        self.dropout = nn.Dropout(DROPOUT)
        self.feed_forward = ConvFeedForward(width, feed_forward, kernel=kernel)
        self.layer_norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, x_BTW: Tensor, mask_BT: Tensor | None) -> Tensor:
        """Gloss features (B, T, D), zero where a mask says padding."""
        x_BDT1 = self.fc1(x_BTW).transpose(1, 2).unsqueeze(-1)
        x_BTD = torch.relu(self.bn1(x_BDT1, mask_BT)).squeeze(-1).transpose(1, 2)
        places_TD = joint_places(x_BTD.shape[1], x_BTD.shape[2]).to(x_BTD)
        x_BTD = self.layer_norm(self.feed_forward(self.dropout(x_BTD + places_TD), mask_BT))
        return x_BTD if mask_BT is None else x_BTD * mask_BT.unsqueeze(-1)


class ConvFeedForward(nn.Module):
    """x + dropout(conv(dropout(relu(conv(norm(x)))))), the convolutions reading zeros where the mask is False."""

    def __init__(self, width: int, feed_forward: int, *, kernel: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.widen = nn.Conv1d(width, feed_forward, kernel, padding=kernel // 2)
        self.narrow = nn.Conv1d(feed_forward, width, kernel, padding=kernel // 2)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x_BTD: Tensor, mask_BT: Tensor | None) -> Tensor:
        keep_B1T = 1 if mask_BT is None else mask_BT.unsqueeze(1)
        hidden_BFT = torch.relu(self.widen(self.norm(x_BTD).transpose(1, 2) * keep_B1T))
        hidden_BDT = self.narrow(self.dropout(hidden_BFT) * keep_B1T)
        out_BTD: Tensor = x_BTD + self.dropout(hidden_BDT.transpose(1, 2))
        return out_BTD
