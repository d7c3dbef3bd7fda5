"""Teacher forcing: which tokens of a reference the decoder reads, and where it reads its own."""

# B clips, L tokens.

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from slt_engine.batch import Batch
from slt_engine.run.record import TeacherForcing as Record


@dataclass(frozen=True)
class TeacherForcing:
    """Standard: always the reference. Scheduled: each token with probability max(min, ratio * decay^(epoch - 1)).

    What is drawn depends on the seed, the epoch and the step alone, so that a resumed run draws the same.
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

    def draw(self, group: Sequence[Batch], *, epoch: int, step: int) -> list[Tensor | None]:
        """For each batch of a step, (B, L) True where the reference is read; None where it is read everywhere."""
        ratio = self.ratio_of(epoch)
        if ratio == 1:
            return [None] * len(group)
        random = np.random.default_rng([self.seed, epoch, step])
        return [
            None
            if batch.labels_BL is None
            else torch.from_numpy(random.random(batch.labels_BL.shape) < ratio)
            for batch in group
        ]

    def record(self, epoch: int) -> Record:
        """What metrics.jsonl says of ``epoch``."""
        return {"mode": self.mode, "ratio": self.ratio_of(epoch)}
