"""Stream projectors: from what was seen of a stream in a frame to one vector a frame."""

# B clips, T frames, P pose landmarks, C channels (x, y, visibility), D width. Masks are True where real.

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from slt_engine.batch import Batch
from slt_engine.model.errors import ModelError


class PoseProjector(nn.Module):
    """Linear over the chosen landmarks' first ``axes`` channels.

    A landmark that was not found is a learned point; a frame without any, or a batch without the stream, is a
    learned vector. Neither is a zero that could be taken for a place in the picture.
    """

    def __init__(self, *, landmarks: Sequence[int], axes: int, width: int, dropout: float) -> None:
        super().__init__()
        if not landmarks:
            raise ModelError("pose: no landmarks are chosen; pose_landmarks is at least 1")
        self.landmarks = tuple(landmarks)
        self.axes = axes
        self.width = width
        self.absent_PC = nn.Parameter(torch.zeros(len(self.landmarks), axes))
        self.projection = nn.Linear(len(self.landmarks) * axes, width)
        self.dropout = nn.Dropout(dropout)
        self.missing_D = nn.Parameter(torch.empty(width))
        nn.init.normal_(self.missing_D, std=0.02)

    def forward(self, batch: Batch) -> Tensor:
        """(B, T, D), whatever stands where the masks are False."""
        if batch.pose_BTPC is None or batch.pose_mask_BTP is None:
            return self.missing_D.expand(*batch.frames_BT.shape, -1)
        pose_BTPC, found_BTP = self._choose(batch.pose_BTPC, batch.pose_mask_BTP)
        pose_BTPC = torch.where(found_BTP.unsqueeze(-1), pose_BTPC, self.absent_PC)
        projected_BTD = self.dropout(self.projection(pose_BTPC.flatten(2)))
        return torch.where(found_BTP.any(-1, keepdim=True), projected_BTD, self.missing_D)

    def _choose(self, pose_BTPC: Tensor, found_BTP: Tensor) -> tuple[Tensor, Tensor]:
        _, _, points, channels = pose_BTPC.shape
        if max(self.landmarks) >= points or self.axes > channels:
            raise ModelError(
                f"pose: landmark {max(self.landmarks)} with {self.axes} axes is asked for, the clips hold {points} "
                f"landmarks with {channels}; lower pose_landmarks, pose_points or pose_axes"
            )
        chosen = list(self.landmarks)
        return pose_BTPC[:, :, chosen, : self.axes], found_BTP[:, :, chosen]
