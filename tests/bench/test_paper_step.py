"""A training step of the published MSKA network: ours, and the network written out plainly, in turn.

Batch 4, 128 frames, 133 points, 1,094 glosses: forward, CTC on four heads, backward, Adam. The plain one runs as the
published code ships, with PyTorch's anomaly detection on.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from slt_engine.batch import Batch
from slt_engine.clips.layouts import LAYOUTS
from slt_engine.model.mska.heads import CtcHeads
from slt_engine.model.mska.paper import READ_BY, PaperEncoder
from slt_engine.model.mska.paper_stream import table
from tests.bench.figures import Figure, Figures
from tests.support.published_mska import PublishedMska

CLIPS, FRAMES, POINTS, GLOSSES, LABELS = 4, 128, 133, 1094, 8
STEP_FLOP = 3 * CLIPS * 58e9
"""The backward pass counted as two forward passes."""
ROUNDS = 3
FLOAT32_SHARE, BF16_SHARE = 4.0 / 5.6, 1.85 / 5.6
"""The budgets of 4.0 and 1.85 s hold where the published step takes 5.6 s; elsewhere they are these shares of its."""


class Ours(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.keypoints = PaperEncoder(
            LAYOUTS["coco_wholebody_133"].paper,
            channels=3,
            subsets=6,
            rows=table(8),
            heads=tuple(READ_BY),
            dropout=0.1,
            slope=0.1,
            batch_invariant=True,
        )
        widths = self.keypoints.stream_widths
        self.heads = CtcHeads(widths, width=self.keypoints.width, vocabulary=GLOSSES, make=nn.Linear)

    def forward(self, batch: Batch) -> list[Tensor]:
        return list(self.heads(self.keypoints(batch)).values())


@pytest.mark.bench
def test_a_step_is_ahead_of_the_published_one(figures: Figures) -> None:
    torch.manual_seed(0)
    frames_BT = torch.ones(CLIPS, FRAMES, dtype=torch.bool)
    batch = Batch(
        clip_ids=tuple("abcd"),
        texts=("",) * CLIPS,
        frames_BT=frames_BT,
        keypoints_BTJC=torch.rand(CLIPS, FRAMES, POINTS, 3),
        keypoints_mask_BTJ=frames_BT.unsqueeze(-1).expand(-1, -1, POINTS),
    )
    x_BCTJ, mask_BT = torch.randn(CLIPS, 3, FRAMES, 79), frames_BT[:, ::4]
    ours, plain = Ours(), PublishedMska(GLOSSES)
    train_ours, train_plain = stepper(ours), stepper(plain)

    seconds: dict[str, list[float]] = {"float32": [], "bf16": [], "plain": []}
    for _ in range(1 + ROUNDS):
        seconds["float32"].append(train_ours(lambda: ours(batch)))
        with torch.autocast("cpu", torch.bfloat16):
            seconds["bf16"].append(train_ours(lambda: ours(batch)))
        with torch.autograd.set_detect_anomaly(True):
            seconds["plain"].append(train_plain(lambda: list(plain(x_BCTJ, mask_BT).values())))
    float32_s, bf16_s, plain_s = (min(times[1:]) for times in seconds.values())

    figures.hold(
        Figure("paper step, float32", float32_s, "s", FLOAT32_SHARE * plain_s, "published, plainly", plain_s),
        Figure("paper step, bf16", bf16_s, "s", BF16_SHARE * plain_s, "published, plainly", plain_s),
        Figure("of the float32 matrix peak", 100 * STEP_FLOP / float32_s / matrix_peak(torch.float32), "%"),
        Figure("of the bf16 matrix peak", 100 * STEP_FLOP / bf16_s / matrix_peak(torch.bfloat16), "%"),
    )


def stepper(model: nn.Module) -> Callable[[Callable[[], list[Tensor]]], float]:
    """Takes what the model says of a batch, trains on it and gives the seconds of all that."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=True)
    labels_BG = torch.randint(1, GLOSSES, (CLIPS, LABELS))

    def step(say: Callable[[], list[Tensor]]) -> float:
        began = time.perf_counter()
        losses = [ctc(logits_BTG, labels_BG) for logits_BTG in say()]
        torch.stack(losses).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        return time.perf_counter() - began

    return step


def ctc(logits_BTG: Tensor, labels_BG: Tensor) -> Tensor:
    logp_TBG = logits_BTG.float().log_softmax(-1).transpose(0, 1)
    frames, clips, _ = logp_TBG.shape
    lengths = torch.full((clips,), frames), torch.full((clips,), LABELS)
    return functional.ctc_loss(logp_TBG, labels_BG, *lengths, reduction="sum") / clips


def matrix_peak(dtype: torch.dtype) -> float:
    """FLOP a second of a large matrix product, the best of ten."""
    left, right = torch.randn(4096, 2048, dtype=dtype), torch.randn(2048, 2048, dtype=dtype)
    times = []
    for _ in range(10):
        began = time.perf_counter()
        left @ right
        times.append(time.perf_counter() - began)
    return 2 * 4096 * 2048 * 2048 / min(times)
