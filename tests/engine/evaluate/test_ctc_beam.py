"""CTC prefix beam search against every path there is, and against the algorithm as it is printed."""

# B clips, T frames, G labels with blank at 0.

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from slt_engine.evaluate.ctc_beam import BLANK, beam_ctc, beam_ctc_scored
from slt_engine.evaluate.decode import greedy_ctc

EVERY_PREFIX = 800


def random_logits(clips: int, frames: int, labels: int, *, seed: int = 0, sharpness: float = 2.0) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    return sharpness * torch.randn(clips, frames, labels, generator=random)


def all_frames(logits_BTG: Tensor) -> Tensor:
    return torch.ones(logits_BTG.shape[:2], dtype=torch.bool)


def collapse(path: Sequence[int]) -> tuple[int, ...]:
    return tuple(label for label, _ in itertools.groupby(path) if label != BLANK)


def enumerated(logits_TG: Tensor) -> dict[tuple[int, ...], float]:
    """The probability of every sequence of labels, from all paths."""
    p_TG = logits_TG.double().softmax(dim=-1).tolist()
    sums: dict[tuple[int, ...], float] = defaultdict(float)
    for path in itertools.product(range(logits_TG.shape[1]), repeat=logits_TG.shape[0]):
        sums[collapse(path)] += math.prod(p_G[label] for p_G, label in zip(p_TG, path, strict=True))
    return sums


def printed(logits_TG: Tensor, num_beams: int) -> tuple[list[int], float]:
    """Prefix beam search with a dictionary, as papers print it."""
    beam: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    for p_G in logits_TG.double().softmax(dim=-1).tolist():
        grown: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for prefix, (blank, label) in beam.items():
            grown[prefix][0] += (blank + label) * p_G[BLANK]
            for c in range(1, len(p_G)):
                if prefix and c == prefix[-1]:
                    grown[prefix][1] += label * p_G[c]
                    grown[(*prefix, c)][1] += blank * p_G[c]
                else:
                    grown[(*prefix, c)][1] += (blank + label) * p_G[c]
        best = sorted(grown.items(), key=lambda item: -sum(item[1]))[:num_beams]
        beam = {prefix: (p[0], p[1]) for prefix, p in best}
    prefix, p = max(beam.items(), key=lambda item: sum(item[1]))
    return list(prefix), math.log(sum(p))


@pytest.mark.parametrize(("frames", "labels"), [(1, 2), (6, 2), (6, 3), (5, 4), (4, 5)])
@pytest.mark.parametrize("sharpness", [0.5, 3.0])
def test_a_beam_that_holds_every_prefix_equals_brute_force(
    frames: int, labels: int, sharpness: float
) -> None:
    logits_BTG = random_logits(12, frames, labels, sharpness=sharpness)

    found = beam_ctc_scored(logits_BTG, all_frames(logits_BTG), num_beams=EVERY_PREFIX)

    for (prefix, logp), logits_TG in zip(found, logits_BTG, strict=True):
        sums = enumerated(logits_TG)
        assert tuple(prefix) == max(sums, key=lambda key: sums[key])
        assert logp == pytest.approx(math.log(sums[tuple(prefix)]), abs=1e-9)


@pytest.mark.parametrize("num_beams", [1, 2, 5, 16])
def test_a_narrow_beam_equals_the_algorithm_as_printed(num_beams: int) -> None:
    logits_BTG = random_logits(20, 24, 6, seed=num_beams)

    found = beam_ctc_scored(logits_BTG, all_frames(logits_BTG), num_beams=num_beams)

    for (prefix, logp), logits_TG in zip(found, logits_BTG, strict=True):
        expected, expected_logp = printed(logits_TG, num_beams)
        assert (prefix, logp) == (expected, pytest.approx(expected_logp, abs=1e-9))


def test_the_sum_over_paths_can_beat_the_best_path() -> None:
    logits_BTG = torch.tensor([[[0.6, 0.4], [0.6, 0.4]]]).log()

    assert greedy_ctc(logits_BTG, all_frames(logits_BTG)) == [[]]
    assert beam_ctc(logits_BTG, all_frames(logits_BTG), num_beams=3) == [[1]]


def test_a_clip_is_decoded_alike_alone_and_padded_in_a_batch() -> None:
    lengths = [3, 9, 6]
    logits_BTG = random_logits(3, 9, 5)
    mask_BT = torch.arange(9) < torch.tensor(lengths)[:, None]

    together = beam_ctc_scored(logits_BTG, mask_BT, num_beams=4)

    for clip, length in enumerate(lengths):
        alone_1TG = logits_BTG[clip : clip + 1, :length]
        assert beam_ctc_scored(alone_1TG, all_frames(alone_1TG), num_beams=4) == [together[clip]]


def test_a_clip_without_frames_has_no_labels() -> None:
    logits_BTG = random_logits(2, 4, 3)
    mask_BT = torch.tensor([[False] * 4, [True] * 4])

    assert beam_ctc_scored(logits_BTG, mask_BT, num_beams=3)[0] == ([], 0.0)
