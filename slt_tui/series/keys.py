"""What names a series, and what one is: points in the order of x."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from slt_tui.readable import HIGHER_IS_BETTER

Axis = Literal["step", "epoch", "time"]
Grain = Literal["step", "epoch"]
Part = Literal["train", "val", ""]

# What people look at first, in this order; every other metric follows by name.
USUAL = (
    "loss",
    "perplexity",
    "teacher_forcing",
    "cer",
    "wer",
    "bleu",
    "chrf",
    "gloss_wer",
    "loss_translation",
    "loss_translation_weighted",
    "loss_ctc",
    "loss_ctc_weighted",
    "loss_distillation",
    "loss_distillation_weighted",
    "learning_rate",
    "grad_norm",
)
_RANKS = {metric: rank for rank, metric in enumerate(USUAL)}
_PARTS = ("train", "val", "")
_GRAINS = ("step", "epoch")
_BETTER = re.compile(
    r"(^|[/_])(acc|accuracy|bleu|chrf|rouge\w*|f1|auc|map|precision|recall|return|reward|score)"
)


class SeriesKey(NamedTuple):
    """One series of a run: which metric, of which part of the data ("" where of neither), a value each what."""

    metric: str
    part: Part
    grain: Grain


class Points(NamedTuple):
    """A series along one axis: ``x`` rises, ``y`` is NaN where the value was null or no finite number.

    Both may be views of what the reader still fills: read them, and keep none across a ``load``.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def in_usual_order(key: SeriesKey) -> tuple[int, str, int, int]:
    """The place of a series in a list: the usual metrics first, training before validation, steps first."""
    rank = _RANKS.get(key.metric, len(_RANKS))
    return rank, key.metric, _PARTS.index(key.part), _GRAINS.index(key.grain)


def higher_is_better(metric: str) -> bool:
    """Whether a metric is better the higher it is, as far as its name tells."""
    return metric in HIGHER_IS_BETTER or _BETTER.search(metric.lower()) is not None
