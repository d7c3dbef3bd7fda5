"""KeypointFeatures: what every keypoint encoder hands on."""

# B clips, T frames, S width of a stream, D width. Masks are True where real.

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class KeypointFeatures:
    """One sequence a stream, the fused one, and which of their frames are real."""

    streams_BTS: dict[str, Tensor]
    fused_BTD: Tensor
    mask_BT: Tensor
