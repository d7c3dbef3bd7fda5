"""CTC heads: from each stream's sequence, and from the fused one, to logits over blank and the glosses."""

# B clips, T frames, D width, G glosses with blank at 0.

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from slt_engine.model.errors import ModelError
from slt_engine.model.mska.features import KeypointFeatures

FUSED = "fused"


def norm_and_map(width: int, vocabulary: int) -> nn.Module:
    """A LayerNorm and a Linear."""
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, vocabulary))


class CtcHeads(nn.Module):
    """One head a stream and one for the fused sequence; ``make`` gives it from its width and the vocabulary.

    ``vocabulary`` counts the blank.
    """

    def __init__(
        self,
        stream_widths: Mapping[str, int],
        *,
        width: int,
        vocabulary: int,
        make: Callable[[int, int], nn.Module] = norm_and_map,
    ) -> None:
        super().__init__()
        if FUSED in stream_widths:
            raise ModelError(
                f"a stream of the keypoint layout is called {FUSED!r}, as the fused head is; rename it"
            )
        self.heads = nn.ModuleDict(
            {name: make(size, vocabulary) for name, size in {FUSED: width, **stream_widths}.items()}
        )

    def forward(self, features: KeypointFeatures) -> dict[str, Tensor]:
        """Each head's (B, T, G) logits."""
        sequences_BTD = {FUSED: features.fused_BTD, **features.streams_BTW}
        return {name: head(sequences_BTD[name]) for name, head in self.heads.items()}

    def seen(self, features: KeypointFeatures) -> dict[str, Tensor]:
        """The (B,) clips that each head can judge: those that show its stream, and all for the fused one."""
        return {FUSED: torch.ones_like(features.mask_BT[:, 0]), **features.seen_B}
