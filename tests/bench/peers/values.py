"""Eight values a step, as a training leaves them; the same for everybody. Read by the peers' Python too: no imports."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

NAMES = (
    "loss",
    "loss_translation_weighted",
    "loss_ctc_weighted",
    "perplexity",
    "teacher_forcing",
    "lr",
    "grad_norm",
    "samples_per_s",
)
BEGAN = 1_700_000_000.0
STEP_S = 0.25


def values(count: int) -> Iterator[dict[str, float]]:
    """The values of steps 1 to ``count``: noisy curves that fall, with one spike in the middle."""
    noise = random.Random(0)
    for step in range(1, count + 1):
        share = step / count
        translation = 0.4 + 4 * math.exp(-6 * share) + 0.2 * noise.random()
        ctc = 0.2 + 3 * math.exp(-9 * share) + 0.1 * noise.random()
        if step == count // 2:
            translation = 20.0
        row = (translation + ctc, translation, ctc, math.exp(min(translation, 9.0)), 1 - 0.5 * share)
        yield dict(
            zip(
                NAMES,
                (*row, 1e-3 * (1 - share), 1 + noise.random(), 90 + 20 * noise.random()),
                strict=True,
            )
        )
