"""The joint encoder: attention over the joints of a frame, convolutions over time, attention across streams."""

# B clips, T frames, N frames of all clips, j joints of a stream, S streams, C channels, H heads, K width of a head,
# D width. Masks are True where real.

from __future__ import annotations

import torch
from torch import Tensor, nn

from slt_engine.batch import Batch
from slt_engine.model.attention import Block, split_heads
from slt_engine.model.errors import ModelError
from slt_engine.model.mska.blocks import TemporalBlocks
from slt_engine.model.mska.features import KeypointFeatures
from slt_engine.model.mska.growth import enlarged
from slt_engine.model.mska.relative import KeypointStreams, masked_mean
from slt_engine.model.mska.sgr import GlobalAttention, GlobalWeights


class JointEncoder(nn.Module):
    """Per stream: joint attention -> mean over joints -> temporal convolutions; then attention across streams.

    A frame without any joint of a stream enters as a learned vector, and the other streams do not attend to it.
    ``sgr`` adds learned weights between joints that are the same in every frame.
    """

    def __init__(
        self,
        keypoints: KeypointStreams,
        *,
        width: int,
        joint_heads: int,
        stream_heads: int,
        feed_forward_multiplier: int,
        blocks: int,
        kernel: int,
        dilation: int,
        dropout: float,
        slope: float,
        sgr: GlobalAttention | None = None,
    ) -> None:
        super().__init__()
        self.keypoints = keypoints
        self.sgr = sgr
        self.width = width
        self.stream_widths = dict.fromkeys(keypoints.streams, width)
        self.joints = nn.ModuleDict(
            {
                name: JointPooling(
                    len(joints), channels=keypoints.channels, width=width, heads=joint_heads, dropout=dropout
                )
                for name, joints in keypoints.streams.items()
            }
        )
        self.temporal = nn.ModuleDict(
            {
                name: TemporalBlocks(
                    width, blocks=blocks, kernel=kernel, dilation=dilation, dropout=dropout, slope=slope
                )
                for name in keypoints.streams
            }
        )
        self.names_SD = nn.Parameter(torch.randn(len(keypoints.streams), width) * 0.02)
        self.across = Block(
            width, heads=stream_heads, feed_forward=feed_forward_multiplier * width, dropout=dropout
        )
        joined = width * len(keypoints.streams)
        self.fuse = nn.Sequential(nn.LayerNorm(joined), nn.Linear(joined, width), nn.Dropout(dropout))

    def forward(self, batch: Batch) -> KeypointFeatures:
        points_BTJC, found_BTJ = self.keypoints.read(batch)
        frames_BT = batch.frames_BT
        relative = self.keypoints.relative(points_BTJC, found_BTJ)
        streams_BTD = {
            name: self.temporal[name](self._pool(name, points_BTjC, found_BTj), frames_BT)
            for name, (points_BTjC, found_BTj) in relative.items()
        }
        seen_BTS = torch.stack([found_BTj.any(-1) for _, found_BTj in relative.values()], dim=-1)
        mixed_BTSD = self._mix(torch.stack(list(streams_BTD.values()), dim=2), seen_BTS)
        fused_BTD = self.fuse(mixed_BTSD.flatten(2))
        return KeypointFeatures(streams_BTD, fused_BTD, frames_BT, self.keypoints.seen(found_BTJ))

    def grow(self, keypoints: KeypointStreams) -> None:
        """Read streams of more joints: what a joint learned stays with its place in its stream."""
        self.keypoints = keypoints
        for name, joints in keypoints.sizes().items():
            pooling = self.joints[name]
            assert isinstance(pooling, JointPooling)
            pooling.grow(joints)
        if self.sgr is not None:
            self.sgr.grow(keypoints.sizes())

    def _pool(self, name: str, points_BTjC: Tensor, found_BTj: Tensor) -> Tensor:
        weights = None if self.sgr is None else self.sgr(name, found_BTj.flatten(0, 1))
        pooled_BTD: Tensor = self.joints[name](points_BTjC, found_BTj, weights)
        return pooled_BTD

    def _mix(self, x_BTSD: Tensor, seen_BTS: Tensor) -> Tensor:
        mixed_NSD: Tensor = self.across((x_BTSD + self.names_SD).flatten(0, 1), seen_BTS.flatten(0, 1))
        return mixed_NSD.view_as(x_BTSD)


class JointPooling(nn.Module):
    """(B, T, j, C) -> (B, T, D): embed the joints, let them attend to each other, average those that were found."""

    def __init__(self, joints: int, *, channels: int, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.embed = nn.Linear(channels, width)
        self.names_jD = nn.Parameter(_draw_names(joints, width))
        self.norm = nn.LayerNorm(width)
        self.attention = TanhAttention(width, heads)
        self.dropout = nn.Dropout(dropout)
        self.missing_D = nn.Parameter(torch.randn(width) * 0.02)

    def grow(self, joints: int) -> None:
        """Names for more joints, the new ones drawn."""
        self.names_jD = enlarged(self.names_jD, _draw_names(joints, self.names_jD.shape[1]))

    def forward(self, points_BTjC: Tensor, found_BTj: Tensor, weights: GlobalWeights | None = None) -> Tensor:
        x_NjD = (self.embed(points_BTjC) + self.names_jD).flatten(0, 1)
        found_Nj = found_BTj.flatten(0, 1)
        x_NjD = x_NjD + self.dropout(self.attention(self.norm(x_NjD), found_Nj, weights))
        pooled_ND = masked_mean(x_NjD, found_Nj.unsqueeze(-1), dim=1)
        pooled_ND = torch.where(found_Nj.any(-1, keepdim=True), pooled_ND, self.missing_D)
        return pooled_ND.view(*found_BTj.shape[:2], -1)


class TanhAttention(nn.Module):
    """sum_u tanh(q_v . k_u / sqrt(K)) x_u over the joints found, divided by how many there are.

    The scores are MSKA's (tanh in place of a softmax, so a joint may count against another); the division keeps a
    stream's scale the same however many of its joints were found. With global weights that sum is mixed with theirs.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ModelError(
                f"mska_stream_heads {heads} do not divide the width {width}; choose heads that do"
            )
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x_NjD: Tensor, found_Nj: Tensor, weights: GlobalWeights | None = None) -> Tensor:
        q_NHjK, k_NHjK, v_NHjK = split_heads(self.qkv(x_NjD), parts=3, heads=self.heads)
        scores_NHjj = torch.tanh(q_NHjK @ k_NHjK.transpose(-1, -2) * q_NHjK.shape[-1] ** -0.5)
        share_N11j = (found_Nj / found_Nj.sum(-1, keepdim=True).clamp(min=1))[:, None, None, :]
        local_NHjj = scores_NHjj * share_N11j
        maps_NHjj = local_NHjj if weights is None else weights.blend(local_NHjj)
        attended_NHjK = maps_NHjj @ v_NHjK
        out_NjD: Tensor = self.out(attended_NHjK.transpose(1, 2).flatten(2))
        return out_NjD


def _draw_names(joints: int, width: int) -> Tensor:
    return torch.randn(joints, width) * 0.02
