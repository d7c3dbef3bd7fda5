"""KeypointFeatures: what every keypoint encoder hands on."""

# B clips, T frames, W width of a stream, D width. Masks are True where real.

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class KeypointFeatures:
    """One sequence a stream and the fused one, which frames are real, and which clips show a stream at all."""

    streams_BTW: dict[str, Tensor]
    fused_BTD: Tensor
    mask_BT: Tensor
    seen_B: dict[str, Tensor]
