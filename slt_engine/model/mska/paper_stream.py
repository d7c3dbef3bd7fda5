"""One stream of the published MSKA network: its joints through eight blocks, averaged over the joints."""

# B clips, C channels, T frames, J joints, W width. Masks are True where real.

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from slt_engine.model.mska.paper_block import SLOPE, PaperBlock, Step

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
    """(B, C, T, J) -> (B, T / 4, W)."""

    def __init__(self, joints: int, *, channels: int, subsets: int, rows: Sequence[Row]) -> None:
        super().__init__()
        self.width = rows[-1].out
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
            )
            for row in rows
        )
        self.activation = nn.LeakyReLU(SLOPE)

    def forward(self, x_BCTJ: Tensor, mask_BT: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """The features and the mask at their rate."""
        x_BCTJ = self.activation(self.input_map(x_BCTJ, mask_BT))
        if mask_BT is not None:
            x_BCTJ = x_BCTJ * mask_BT[:, None, :, None]
        for block in self.blocks:
            x_BCTJ = block(x_BCTJ, mask_BT)
            mask_BT = None if mask_BT is None else mask_BT[:, :: block.stride]
        return x_BCTJ.mean(-1).transpose(1, 2), mask_BT


def rate_of(rows: Sequence[Row]) -> int:
    """Frames in for one frame out."""
    rate = 1
    for row in rows:
        rate *= row.stride
    return rate
