"""What a search for glosses costs a clip: beam 5, 32 frames, 1,094 glosses."""

from __future__ import annotations

import time

import pytest
import torch

from slt_engine.evaluate.ctc_beam import beam_ctc
from tests.bench.figures import Figure, Figures, median

CLIPS, FRAMES, GLOSSES, BEAMS = 16, 32, 1094, 5


@pytest.mark.bench
def test_a_beam_of_5_takes_20_ms_a_clip(figures: Figures) -> None:
    torch.manual_seed(0)
    logits_BTG = 3 * torch.randn(CLIPS, FRAMES, GLOSSES)
    alone_ms = median(milliseconds(logits_BTG[clip : clip + 1]) for clip in range(CLIPS))
    together_ms = median(milliseconds(logits_BTG) for _ in range(5)) / CLIPS
    figures.hold(
        Figure("CTC beam 5, 32 x 1,094, one clip", alone_ms, "ms", 20),
        Figure("CTC beam 5, a clip of a batch of 16", together_ms, "ms", 20),
    )


def milliseconds(logits_BTG: torch.Tensor) -> float:
    mask_BT = torch.ones(logits_BTG.shape[:2], dtype=torch.bool)
    began = time.perf_counter()
    beam_ctc(logits_BTG, mask_BT, num_beams=BEAMS)
    return 1e3 * (time.perf_counter() - began)
