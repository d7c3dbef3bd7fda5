"""The running sums of an epoch, from single batches to the row in metrics.jsonl."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np
import torch

from slt_engine.batch import Batch
from slt_engine.losses import TERMS, Losses


@dataclass
class Tally:
    """Sums over batches whose ratios are the means that a whole pass would give.

    The translation loss is a mean per token, the others are means per clip, so each is summed with its own count.
    Everything in it is a number or a list of numbers: it travels in last.pt, and an epoch that was interrupted
    ends with the row that it would have had.
    """

    tokens: int = 0
    clips: int = 0
    frames: int = 0
    nll: float = 0.0
    sums: dict[str, float] = field(default_factory=dict)
    step_losses: list[float] = field(default_factory=list)
    step_times_s: list[float] = field(default_factory=list)
    data_wait_s: float = 0.0
    elapsed_s: float = 0.0

    def add(self, batch: Batch, losses: Losses) -> None:
        """Count one batch; its numbers leave the device together."""
        *terms, nll = torch.stack([*losses.terms.values(), losses.nll_sum]).detach().tolist()
        for name, value in zip(losses.terms, terms, strict=True):
            count = losses.tokens if name.startswith("loss_translation") else len(batch)
            self.sums[name] = self.sums.get(name, 0.0) + value * count
        self.nll += nll
        self.tokens += losses.tokens
        self.clips += len(batch)
        self.frames += int(batch.frames_BT.sum())

    def merge(self, other: Tally) -> None:
        """Count everything that ``other`` counted."""
        for name, value in other.sums.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self.nll += other.nll
        self.tokens += other.tokens
        self.clips += other.clips
        self.frames += other.frames

    def terms(self) -> dict[str, float]:
        """``loss``, and ``loss_*`` raw and weighted for every term.

        0 for a term that is off, NaN where nothing was counted.
        """
        means = {
            name: self._mean(name) for term in TERMS for name in (f"loss_{term}", f"loss_{term}_weighted")
        }
        return {"loss": sum(means[f"loss_{term}_weighted"] for term in TERMS), **means}

    @property
    def perplexity(self) -> float:
        """exp of the mean negative log-likelihood a token, without label smoothing."""
        if not self.tokens:
            return math.nan
        return math.exp(min(self.nll / self.tokens, 700.0))

    def state(self) -> dict[str, Any]:
        """As builtins, for a checkpoint."""
        return asdict(self)

    @classmethod
    def restore(cls, state: dict[str, Any]) -> Self:
        """From ``state()``."""
        return cls(**state)

    def _mean(self, name: str) -> float:
        count = self.tokens if name.startswith("loss_translation") else self.clips
        return self.sums.get(name, 0.0) / count if count else math.nan


def quantiles(losses: Sequence[float]) -> dict[str, float]:
    """How the losses of single steps spread over an epoch."""
    marks = {"min": 0.0, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}
    return {name: float(np.quantile(losses, mark)) for name, mark in marks.items()} if losses else {}


def iteration_times(times_s: Sequence[float]) -> dict[str, float]:
    """Mean, median and 95th percentile of the seconds that a step took."""
    if not times_s:
        return {}
    return {
        "mean": float(np.mean(times_s)),
        "p50": float(np.quantile(times_s, 0.5)),
        "p95": float(np.quantile(times_s, 0.95)),
    }
