"""The published MSKA network, plainly: written from its description, with its names, and nothing done for speed."""

# B clips, C channels, T frames, J joints (u and v), S subsets, K channels of a query, W width, G glosses.

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

STREAMS = {
    "left": [74, 75, 77, 68, 70, 72, *range(21)],
    "right": [74, 76, 78, 69, 71, 73, *range(21, 42)],
    "face": [*range(42, 68)],
}
STREAMS["body"] = [*STREAMS["left"], *STREAMS["right"][1:], *STREAMS["face"]]
HEADS = {"left": ["left", "face"], "right": ["right", "face"], "fuse": ["left", "face", "right", "body"]}
HEADS["body"] = ["body"]
TABLE = [
    (64, 64, 16, 7, 2),
    (64, 64, 16, 3, 1),
    (64, 128, 32, 3, 1),
    (128, 128, 32, 3, 1),
    (128, 256, 64, 3, 2),
    *[(256, 256, 64, 3, 1)] * 3,
]


class PublishedMska(nn.Module):
    """(B, C, T, 79) -> the logits (B, T / 4, G) of every head, by its published name."""

    def __init__(
        self, glosses: int, *, subsets: int = 6, table: Sequence[Sequence[int]] = TABLE, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.visual_backbone_keypoint = Backbone(subsets, table, dropout)
        for name, streams in HEADS.items():
            self.add_module(
                f"{name}_visual_head", VisualHead(table[-1][1] * len(streams), glosses, dropout=dropout)
            )

    def forward(self, x_BCTJ: Tensor, mask_BT: Tensor) -> dict[str, Tensor]:
        streams_BTW = self.visual_backbone_keypoint(x_BCTJ)
        return {
            name: getattr(self, f"{name}_visual_head")(
                torch.cat([streams_BTW[s] for s in streams], -1), mask_BT
            )
            for name, streams in HEADS.items()
        }


class Backbone(nn.Module):
    def __init__(self, subsets: int, table: Sequence[Sequence[int]], dropout: float) -> None:
        super().__init__()
        for name, joints in STREAMS.items():
            start = nn.Sequential(nn.Conv2d(3, 64, 1), nn.BatchNorm2d(64), nn.LeakyReLU(0.1))
            layers = [Attention(*row, subsets=subsets, joints=len(joints), dropout=dropout) for row in table]
            self.add_module(f"{name}_input_map", start)
            self.add_module(f"{name}_graph_layers", nn.ModuleList(layers))

    def forward(self, x_BCTJ: Tensor) -> dict[str, Tensor]:
        features = {}
        for name, joints in STREAMS.items():
            stream_BCTJ = getattr(self, f"{name}_input_map")(x_BCTJ[..., joints])
            for layer in getattr(self, f"{name}_graph_layers"):
                stream_BCTJ = layer(stream_BCTJ)
            features[name] = stream_BCTJ.permute(0, 2, 1, 3).mean(3)
        return features


class Attention(nn.Module):
    def __init__(
        self,
        before: int,
        after: int,
        query: int,
        kernel: int,
        stride: int,
        *,
        subsets: int,
        joints: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.query, self.subsets = query, subsets
        self.register_buffer("atts", torch.zeros(1, subsets, joints, joints))
        self.pes = Places(before, joints)
        self.ff_nets = normed(after, after)
        self.in_nets = nn.Conv2d(before, 2 * subsets * query, 1)
        self.alphas = nn.Parameter(torch.ones(1, subsets, 1, 1))
        self.attention0s = nn.Parameter(torch.ones(1, subsets, joints, joints) / joints)
        self.out_nets = normed(before * subsets, after)
        self.out_nett = normed(after, after, kernel, stride)
        changes = before != after or stride != 1
        self.downs1 = normed(before, after) if changes else nn.Identity()
        self.downs2 = normed(before, after) if changes else nn.Identity()
        self.downt2 = normed(after, after, 1, stride) if changes else nn.Identity()
        self.relu, self.drop = nn.LeakyReLU(0.1), nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        clips, channels, frames, joints = x.shape
        qk = self.in_nets(self.pes(x)).view(clips, 2 * self.subsets, self.query, frames, joints)
        q, k = qk.chunk(2, dim=1)
        scores = torch.tanh(torch.einsum("bsktu,bsktv->bsuv", q, k) / (self.query * frames))
        maps = self.drop(self.atts + scores * self.alphas + self.attention0s)
        y = torch.einsum("bctu,bsuv->bsctv", x, maps).reshape(clips, self.subsets * channels, frames, joints)
        y = self.relu(self.downs1(x) + self.out_nets(y))
        y = self.relu(self.downs2(x) + self.ff_nets(y))
        out: Tensor = self.relu(self.downt2(y) + self.out_nett(y))
        return out


class Places(nn.Module):
    def __init__(self, width: int, items: int) -> None:
        super().__init__()
        table = torch.tensor(
            [
                [
                    (math.cos if i % 2 else math.sin)(item * 10000 ** -((i - i % 2) / width))
                    for item in range(items)
                ]
                for i in range(width)
            ]
        )
        self.register_buffer("pe", table.view(1, width, 1, items))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.pe


class VisualHead(nn.Module):
    def __init__(self, width: int, glosses: int, *, dropout: float) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, 512)
        self.bn1 = NormOfReal()
        self.pe = Places(512, 512)
        self.dropout1 = nn.Dropout(dropout)
        self.feedforward = FeedForward(dropout)
        self.layer_norm = nn.LayerNorm(512, eps=1e-6)
        self.gloss_output_layer = nn.Linear(512, glosses)

    def forward(self, x: Tensor, mask_BT: Tensor) -> Tensor:
        x = torch.relu(self.bn1(self.fc1(x), mask_BT))
        x = self.dropout1(x + self.pe.pe[0, :, 0, : x.shape[1]].T)
        out: Tensor = self.gloss_output_layer(self.layer_norm(self.feedforward(x)))
        return out


class NormOfReal(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(512)

    def forward(self, x: Tensor, mask_BT: Tensor) -> Tensor:
        if not self.training:
            every: Tensor = self.norm(x.flatten(0, 1)).view_as(x)
            return every
        out = x.clone()
        out[mask_BT] = self.norm(x[mask_BT])
        return out


class FeedForward(nn.Module):
    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(512, eps=1e-6)
        self.pwff_layer = nn.Sequential(
            nn.Conv1d(512, 2048, 3, padding="same"),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Conv1d(2048, 512, 3, padding="same"),
            nn.Dropout(dropout),
        )

    def forward(self, x: Tensor) -> Tensor:
        fed: Tensor = self.pwff_layer(self.layer_norm(x).transpose(1, 2)).transpose(1, 2)
        return fed + x


def normed(before: int, after: int, kernel: int = 1, stride: int = 1) -> nn.Module:
    convolution = nn.Conv2d(before, after, (kernel, 1), stride=(stride, 1), padding=(kernel // 2, 0))
    return nn.Sequential(convolution, nn.BatchNorm2d(after))
