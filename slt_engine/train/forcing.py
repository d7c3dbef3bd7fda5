"""Teacher forcing: which tokens of a reference the decoder reads, and where it reads its own."""

# B clips, L tokens.

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from slt_engine.batch import Batch
from slt_engine.run.record import TeacherForcing as Record


@dataclass(frozen=True)
class TeacherForcing:
    """Standard: always the reference. Scheduled: each token with probability max(min, ratio * decay^(epoch - 1)).

    What is drawn for a clip depends on the seed, the epoch and its id alone, not on who shares its batch: a resumed run
    draws the same, and so do several processes.
    """

    mode: str
    ratio: float
    min_ratio: float
    decay: float
    seed: int

    def ratio_of(self, epoch: int) -> float:
        """The probability of the reference in ``epoch`` (from 1), at most 1 whatever the decay."""
        if self.mode == "standard":
            return 1.0
        if not self.ratio:
            return 0.0
        try:
            ratio = self.ratio * self.decay ** (epoch - 1)
        except OverflowError:
            ratio = math.inf
        return max(self.min_ratio, min(ratio, 1.0))

    def draw(self, batch: Batch, *, epoch: int) -> Tensor | None:
        """(B, L) True where the reference is read; None where it is read everywhere."""
        ratio = self.ratio_of(epoch)
        if ratio == 1 or batch.labels_BL is None:
            return None
        rows, length = batch.labels_BL.shape
        drawn_BL = np.ones((rows, length), bool)
        for row_L, clip_id in zip(drawn_BL, batch.clip_ids, strict=False):
            random = np.random.default_rng([self.seed, epoch, zlib.crc32(clip_id.encode())])
            row_L[:] = random.random(length) < ratio
        return torch.from_numpy(drawn_BL)

    def record(self, epoch: int) -> Record:
        """What metrics.jsonl says of ``epoch``."""
        return {"mode": self.mode, "ratio": self.ratio_of(epoch)}
