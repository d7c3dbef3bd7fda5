"""The published MSKA network as a keypoint encoder: four streams, four heads, a quarter of the frame rate."""

# B clips, T frames, J joints of the layout, j the network's 79, C channels (x, y, confidence), W width of a stream,
# D width of a head. Masks are True where real.
# Guan et al. 2024, "Multi-Stream Keypoint Attention Network for Sign Language Recognition and Translation", and its
# published code (github sutwangyan/MSKA, commit e7d5610).

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from slt_engine.batch import Batch
from slt_engine.model.errors import ModelError
from slt_engine.model.mska.features import KeypointFeatures
from slt_engine.model.mska.heads import FUSED
from slt_engine.model.mska.packing import Packing
from slt_engine.model.mska.paper_stream import PaperStream, Row, rate_of
from slt_engine.model.mska.paper_trunk import WIDTH, HeadTrunk, PublishedTrunk
from slt_engine.model.mska.sgr import GlobalAttention, GlobalWeights

LEFT = (74, 75, 77, 68, 70, 72, *range(21))
RIGHT = (74, 76, 78, 69, 71, 73, *range(21, 42))
FACE = tuple(range(42, 68))
STREAMS = {"left": LEFT, "right": RIGHT, "face": FACE, "body": (*LEFT, *RIGHT[1:], *FACE)}
"""Which of the 79 points of the layout ``mska_79`` a stream reads, in the published order."""
READ_BY = {
    FUSED: ("left", "face", "right", "body"),
    "left": ("left", "face"),
    "right": ("right", "face"),
    "body": ("body",),
}
"""Which streams, side by side, a head reads."""


class PaperEncoder(nn.Module):
    """Each stream through its blocks; each head's trunk over the streams that it reads.

    ``points`` are the network's 79 in the layout at hand. ``heads`` names the trunks beside the fused one that
    something reads. x and y become 2x - 1 and 1 - 2y, as the published data loader makes them of pixels; a point that
    was not found is zero with confidence zero. Without ``batch_invariant`` a shorter clip goes on with its last frame
    to the end of the batch, and all of it counts but in the heads' BatchNorm: the published numbers. ``sgr`` mixes
    learned weights into the maps of all blocks of a stream, over the joints that a clip shows at all.
    """

    def __init__(
        self,
        points: Sequence[int] | None,
        *,
        channels: int,
        subsets: int,
        rows: Sequence[Row],
        heads: Sequence[str],
        dropout: float,
        slope: float,
        batch_invariant: bool,
        sgr: GlobalAttention | None = None,
    ) -> None:
        super().__init__()
        if points is None:
            raise ModelError(
                "mska_encoder paper reads 79 points that this keypoint layout does not name: choose mediapipe_543, "
                "coco_wholebody_133, openpose_137 or mska_79, give a YAML layout its paper list, or take joint or conv"
            )
        self.points, self.channels, self.batch_invariant = list(points), channels, batch_invariant
        self.sgr = sgr
        self.rate = rate_of(rows)
        self.width = WIDTH
        self.stream_widths = {name: WIDTH for name in heads if name != FUSED}
        self.streams = nn.ModuleDict(
            {
                name: PaperStream(
                    len(joints), channels=channels, subsets=subsets, rows=rows, dropout=dropout, slope=slope
                )
                for name, joints in STREAMS.items()
            }
        )
        trunk = HeadTrunk if batch_invariant else PublishedTrunk
        self.trunks = nn.ModuleDict(
            {
                name: trunk(rows[-1].out * len(READ_BY[name]), dropout=dropout)
                for name in (FUSED, *self.stream_widths)
            }
        )

    def forward(self, batch: Batch) -> KeypointFeatures:
        points_BTjC, found_BTj = self.read(batch)
        real = Packing.of(batch.frames_BT)
        frames = real if self.batch_invariant else Packing.of(torch.ones_like(batch.frames_BT))
        streams_BTW = {
            name: stream(points_BTjC[:, :, list(STREAMS[name])], frames, self._weigh(name, found_BTj))[0]
            for name, stream in self.streams.items()
        }
        slower = real.every(self.rate)
        heads_BTD = {
            name: trunk(torch.cat([streams_BTW[stream] for stream in READ_BY[name]], dim=-1), slower)
            for name, trunk in self.trunks.items()
        }
        fused_BTD = heads_BTD.pop(FUSED)
        return KeypointFeatures(heads_BTD, fused_BTD, slower.mask_BT, self._seen(found_BTj))

    def _weigh(self, stream: str, found_BTj: Tensor) -> GlobalWeights | None:
        if self.sgr is None:
            return None
        weights: GlobalWeights = self.sgr(stream, found_BTj[:, :, list(STREAMS[stream])].any(dim=1))
        return weights.as_columns()

    def read(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The 79 points in the network's coordinates, and where they were found."""
        frames_BT = batch.frames_BT
        if batch.keypoints_BTJC is None or batch.keypoints_mask_BTJ is None:
            found_BTj = frames_BT.new_zeros(*frames_BT.shape, len(self.points))
            return torch.zeros(*found_BTj.shape, self.channels, device=found_BTj.device), found_BTj
        self._check(batch.keypoints_BTJC)
        found_BTj = batch.keypoints_mask_BTJ[:, :, self.points] & frames_BT.unsqueeze(-1)
        points_BTjC = batch.keypoints_BTJC[:, :, self.points, : self.channels]
        xy_BTj2 = (2 * points_BTjC[..., :2] - 1) * points_BTjC.new_tensor([1.0, -1.0])
        placed_BTjC = torch.cat([xy_BTj2, points_BTjC[..., 2:]], dim=-1)
        placed_BTjC = torch.where(found_BTj.unsqueeze(-1), placed_BTjC, 0.0)
        return (placed_BTjC if self.batch_invariant else hold_last(placed_BTjC, frames_BT)), found_BTj

    def _seen(self, found_BTj: Tensor) -> dict[str, Tensor]:
        """The (B,) clips in which a head's own stream has a point in any frame."""
        return {
            name: found_BTj[:, :, list(STREAMS[name])].flatten(1).any(dim=1) for name in self.stream_widths
        }

    def _check(self, points_BTJC: Tensor) -> None:
        joints, channels = points_BTJC.shape[2:]
        if max(self.points) >= joints or self.channels > channels:
            raise ModelError(
                f"the keypoint layout reads {max(self.points) + 1} joints with {self.channels} channels, the clips "
                f"hold {joints} with {channels}: choose the keypoint_layout and mska_input_dim of the files"
            )


def hold_last(x_BTJC: Tensor, frames_BT: Tensor) -> Tensor:
    """Every frame of padding is its clip's last one."""
    last_B1 = frames_BT.sum(dim=1, keepdim=True).clamp(min=1) - 1
    index_BT = torch.minimum(torch.arange(frames_BT.shape[1], device=frames_BT.device), last_B1)
    return x_BTJC[torch.arange(len(x_BTJC), device=x_BTJC.device)[:, None], index_BT]
