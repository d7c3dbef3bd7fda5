"""The light keypoint encoder: per stream its joints through a Linear and temporal convolutions, then fused."""

# B clips, T frames, J joints, C channels, F features of a stream, W width of a stream, D width.
# Masks are True where real.

from __future__ import annotations

import torch
from torch import nn

from slt_engine.batch import Batch
from slt_engine.model.mska.blocks import TemporalBlocks
from slt_engine.model.mska.features import KeypointFeatures
from slt_engine.model.mska.relative import KeypointStreams


class ConvEncoder(nn.Module):
    """Joints -> Linear -> ``blocks`` temporal convolutions a stream; their concatenation -> norm -> Linear.

    A joint that was not found is a zero with its presence flag down, so a stream that a clip lacks is the Linear's
    bias: a learned vector.
    """

    def __init__(
        self,
        keypoints: KeypointStreams,
        *,
        stream_width: int,
        width: int,
        blocks: int,
        kernel: int,
        dilation: int,
        dropout: float,
        slope: float,
    ) -> None:
        super().__init__()
        self.keypoints = keypoints
        self.width = width
        self.stream_widths = dict.fromkeys(keypoints.streams, stream_width)
        self.projections = nn.ModuleDict(
            {name: nn.Linear(keypoints.features(name), stream_width) for name in keypoints.streams}
        )
        self.temporal = nn.ModuleDict(
            {
                name: TemporalBlocks(
                    stream_width,
                    blocks=blocks,
                    kernel=kernel,
                    dilation=dilation,
                    dropout=dropout,
                    slope=slope,
                )
                for name in keypoints.streams
            }
        )
        joined = stream_width * len(keypoints.streams)
        self.fuse = nn.Sequential(nn.LayerNorm(joined), nn.Linear(joined, width), nn.Dropout(dropout))

    def forward(self, batch: Batch) -> KeypointFeatures:
        points_BTJC, found_BTJ = self.keypoints.read(batch)
        frames_BT = batch.frames_BT
        streams_BTW = {
            name: self.temporal[name](self.projections[name](flat_BTF), frames_BT)
            for name, flat_BTF in self.keypoints.flat(points_BTJC, found_BTJ).items()
        }
        fused_BTD = self.fuse(torch.cat(list(streams_BTW.values()), dim=-1))
        return KeypointFeatures(streams_BTW, fused_BTD, frames_BT, self.keypoints.seen(found_BTJ))
