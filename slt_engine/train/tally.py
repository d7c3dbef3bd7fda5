"""The running sums of an epoch, from single batches to the row in metrics.jsonl."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np
import torch

from slt_engine.batch import Batch
from slt_engine.losses import TERMS, Losses
from slt_engine.train.processes import Processes

NAMES = tuple(f"loss_{term}{kind}" for term in TERMS for kind in ("", "_weighted"))


@dataclass
class Tally:
    """Sums over batches whose ratios are the means that a whole pass would give.

    The translation loss is a mean per token or per clip, the others are per clip: ``units`` counts for each term what
    it is a mean over.
    Everything in it is a number or a list of numbers: it travels in last.pt, and an epoch that was interrupted
    ends with the row that it would have had.
    """

    tokens: int = 0
    clips: int = 0
    frames: int = 0
    nll: float = 0.0
    sums: dict[str, float] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    step_losses: list[float] = field(default_factory=list)
    step_times_s: list[float] = field(default_factory=list)
    data_wait_s: float = 0.0
    elapsed_s: float = 0.0

    def add(self, batch: Batch, losses: Losses) -> None:
        """Count one batch."""
        self.add_all([(batch, losses)])

    def add_all(self, counted: Sequence[tuple[Batch, Losses]]) -> None:
        """Count batches; the numbers of all leave the device together. One without clips counts for nothing."""
        numbers = torch.stack([torch.stack([*one.terms.values(), one.nll_sum]) for _, one in counted])
        for (batch, losses), (*terms, nll) in zip(counted, numbers.detach().tolist(), strict=True):
            if not len(batch):
                continue
            for name, value in zip(losses.terms, terms, strict=True):
                self.sums[name] = self.sums.get(name, 0.0) + value * losses.units[_term(name)]
            self._count(losses.units)
            self.nll += nll
            self.tokens += losses.tokens
            self.clips += len(batch)
            self.frames += int(batch.frames_BT.sum())

    def add_up(self, processes: Processes) -> None:
        """Make it the sum over all processes."""
        if processes.count == 1:
            return
        counts = [self.nll, self.tokens, self.clips, self.frames]
        held = [
            *(self.sums.get(name, 0.0) for name in NAMES),
            *(self.units.get(term, 0) for term in TERMS),
            *counts,
        ]
        summed = processes.add_up(held)
        self.sums = dict(zip(NAMES, summed, strict=False))
        self.units = {term: int(count) for term, count in zip(TERMS, summed[len(NAMES) :], strict=False)}
        self.nll, self.tokens, self.clips, self.frames = summed[-4], *map(int, summed[-3:])

    def merge(self, other: Tally) -> None:
        """Count everything that ``other`` counted."""
        for name, value in other.sums.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self._count(other.units)
        self.nll += other.nll
        self.tokens += other.tokens
        self.clips += other.clips
        self.frames += other.frames

    def terms(self) -> dict[str, float]:
        """``loss``, and ``loss_*`` raw and weighted for every term.

        0 for a term that is off, NaN where nothing was counted.
        """
        means = {name: self._mean(name) for name in NAMES}
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

    def _count(self, units: Mapping[str, int]) -> None:
        for term, count in units.items():
            self.units[term] = self.units.get(term, 0) + count

    def _mean(self, name: str) -> float:
        count = self.units.get(_term(name), 0)
        return self.sums.get(name, 0.0) / count if count else math.nan


def _term(name: str) -> str:
    return name.removeprefix("loss_").removesuffix("_weighted")


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
