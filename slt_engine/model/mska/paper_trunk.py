"""The published MSKA heads without their last Linear: what turns a stream's features into gloss features."""

# B clips, T frames, N real frames of all clips, W width of the features, D width of a head, F width of its
# feed-forward. Masks are True where real.

from __future__ import annotations

import torch
from torch import Tensor, nn

from slt_engine.model.mska.packing import Packing
from slt_engine.model.mska.paper_block import joint_places
from slt_engine.model.mska.shared_norm import SharedBatchNorm

WIDTH, FEED_FORWARD, KERNEL, DROPOUT = 512, 2048, 3, 0.1


class HeadTrunk(nn.Module):
    """Linear, BatchNorm, ReLU, positions, dropout; a convolutional feed-forward around a skip; LayerNorm."""

    def __init__(self, features: int, *, dropout: float = DROPOUT) -> None:
        super().__init__()
        self.fc1 = nn.Linear(features, WIDTH)
        self.bn1 = SharedBatchNorm(WIDTH)
        self.dropout = nn.Dropout(dropout)
        self.feed_forward = ConvFeedForward(WIDTH, FEED_FORWARD, kernel=KERNEL, dropout=dropout)
        self.layer_norm = nn.LayerNorm(WIDTH, eps=1e-6)

    def forward(self, x_BTW: Tensor, frames: Packing) -> Tensor:
        """Gloss features (B, T, D), zero on padding."""
        x_BTD = torch.relu(self.normalise(x_BTW, frames))
        places_TD = joint_places(x_BTD.shape[1], x_BTD.shape[2]).to(x_BTD)
        fed_BTD = self.feed_forward(self.dropout(x_BTD + places_TD), self.keep(frames))
        out_BTD: Tensor = self.layer_norm(fed_BTD) * frames.mask_BT.unsqueeze(-1)
        return out_BTD

    def normalise(self, x_BTW: Tensor, frames: Packing) -> Tensor:
        """The Linear and BatchNorm over real frames, zero elsewhere."""
        return frames.unpack(self.bn1(self.fc1(frames.pack(x_BTW))))

    def keep(self, frames: Packing) -> Tensor:
        """What the convolutions read; zeros elsewhere."""
        return frames.mask_BT


class PublishedTrunk(HeadTrunk):
    """The same with the published dealings with padding, for its numbers: convolutions read it, and so does
    BatchNorm in eval; in training it passes by."""

    def normalise(self, x_BTW: Tensor, frames: Packing) -> Tensor:
        x_BTD: Tensor = self.fc1(x_BTW)
        if not self.training:
            normed_BTD: Tensor = self.bn1(x_BTD.flatten(0, 1)).view_as(x_BTD)
            return normed_BTD
        normed_BTD = frames.unpack(self.bn1(frames.pack(x_BTD)))
        return torch.where(frames.mask_BT.unsqueeze(-1), normed_BTD, x_BTD.to(normed_BTD.dtype))

    def keep(self, frames: Packing) -> Tensor:
        return torch.ones_like(frames.mask_BT)


class ConvFeedForward(nn.Module):
    """x + dropout(conv(dropout(relu(conv(norm(x)))))), the convolutions reading zeros where the mask is False."""

    def __init__(self, width: int, feed_forward: int, *, kernel: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.widen = nn.Conv1d(width, feed_forward, kernel, padding=kernel // 2)
        self.narrow = nn.Conv1d(feed_forward, width, kernel, padding=kernel // 2)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x_BTD: Tensor, mask_BT: Tensor) -> Tensor:
        keep_B1T = mask_BT.unsqueeze(1)
        hidden_BFT = torch.relu(self.widen(self.norm(x_BTD).transpose(1, 2) * keep_B1T))
        hidden_BDT = self.narrow(self.dropout(hidden_BFT) * keep_B1T)
        out_BTD: Tensor = x_BTD + self.dropout(hidden_BDT.transpose(1, 2))
        return out_BTD
