"""One stream of the published MSKA network: its joints through its blocks, averaged over the joints."""

# B clips, C channels, T frames, N real frames of all clips, J joints, W width.

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from slt_engine.model.mska.packing import Packing
from slt_engine.model.mska.paper_block import ATTENTION_DROPOUT, SLOPE, PaperBlock, Step
from slt_engine.model.mska.sgr import GlobalWeights

INPUT_CHANNELS, FIRST_WIDTH = 3, 64


class Row(NamedTuple):
    """One block of the published table."""

    channels: int
    out: int
    query_channels: int
    kernel: int
    stride: int


ROWS = (
    Row(64, 64, 16, 7, 2),
    Row(64, 64, 16, 3, 1),
    Row(64, 128, 32, 3, 1),
    Row(128, 128, 32, 3, 1),
    Row(128, 256, 64, 3, 2),
    Row(256, 256, 64, 3, 1),
    Row(256, 256, 64, 3, 1),
    Row(256, 256, 64, 3, 1),
)


def table(blocks: int) -> list[Row]:
    """The first ``blocks`` rows, then repeats of the last."""
    return [*ROWS[:blocks], *[ROWS[-1]] * (blocks - len(ROWS))]


class PaperStream(nn.Module):
    """(B, T, J, C) -> (B, T / 4, W), zero on padding."""

    def __init__(
        self,
        joints: int,
        *,
        channels: int,
        subsets: int,
        rows: Sequence[Row],
        dropout: float = ATTENTION_DROPOUT,
        slope: float = SLOPE,
    ) -> None:
        super().__init__()
        self.width = rows[-1].out
        self.slope, self.strides = slope, [row.stride for row in rows]
        self.input_map = Step(channels, FIRST_WIDTH)
        self.blocks = nn.ModuleList(
            PaperBlock(
                row.channels,
                row.out,
                query_channels=row.query_channels,
                joints=joints,
                subsets=subsets,
                kernel=row.kernel,
                stride=row.stride,
                dropout=dropout,
                slope=slope,
            )
            for row in rows
        )

    def forward(
        self, x_BTJC: Tensor, frames: Packing, weights: GlobalWeights | None = None
    ) -> tuple[Tensor, Packing]:
        """The features, and the frames at their rate."""
        x_NJC = functional.leaky_relu_(self.input_map(frames.pack(x_BTJC)), self.slope)
        for block, stride in zip(self.blocks, self.strides, strict=True):
            x_NJC, frames = block(x_NJC, frames, weights), frames.every(stride)
        return frames.unpack(x_NJC.mean(1)), frames


def rate_of(rows: Sequence[Row]) -> int:
    """Frames in for one frame out."""
    rate = 1
    for row in rows:
        rate *= row.stride
    return rate
