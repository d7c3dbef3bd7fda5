"""The training objective: translation, CTC and distillation, each raw and weighted."""

# B clips, T frames, L tokens, N real tokens, V vocabulary, K heads, G glosses with blank at 0. Masks are True where
# real.

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from slt_engine.batch import IGNORED, Batch, Encoded, Output


@dataclass(frozen=True)
class LossWeights:
    """A weight of 0 leaves its term out; ``temperature`` and ``detach_teacher`` are the distillation's.

    ``summed`` are the published MSKA's: every term is a sum over tokens, labels and frames, divided by the clips.
    """

    translation: float
    ctc: float
    distillation: float
    temperature: float
    detach_teacher: bool
    label_smoothing: float
    summed: bool = False


@dataclass(frozen=True)
class Losses:
    """``total`` is what to descend; the rest is for the record.

    ``terms`` holds ``loss_<term>`` and ``loss_<term>_weighted`` for every term, zero for one that is off.
    ``units`` says over how many tokens or clips each term is a mean: what it counts for beside another batch's.
    ``nll_sum`` is the negative log-likelihood of the ``tokens`` real ones, summed, without smoothing.
    """

    total: Tensor
    terms: dict[str, Tensor]
    nll_sum: Tensor
    tokens: int
    units: dict[str, int]


def compute_losses(output: Output, batch: Batch, weights: LossWeights) -> Losses:
    """total = w_t * cross-entropy a token + w_ctc * CTC a label + w_d * KL a frame, the last two meaned over clips;
    with ``summed`` all three summed over the clip and meaned over clips.

    The weighted terms keep their gradient, the raw ones and ``nll_sum`` do not.
    """
    zero = output.encoded.states_BTD.new_zeros((), dtype=torch.float32)
    raw = dict.fromkeys(TERMS, zero)
    nll_sum, tokens = zero, 0
    if output.logits_BLV is not None and batch.labels_BL is not None:
        raw["translation"], nll_sum, tokens = translation_loss(
            output.logits_BLV, batch.labels_BL, smoothing=weights.label_smoothing
        )
    if weights.ctc > 0:
        raw["ctc"] = ctc_loss(output.encoded, batch, summed=weights.summed)
    if weights.distillation > 0:
        raw["distillation"] = distillation_loss(
            output.encoded,
            temperature=weights.temperature,
            detach_teacher=weights.detach_teacher,
            summed=weights.summed,
        )
    units = dict.fromkeys(TERMS, len(batch))
    if weights.summed:
        raw["translation"] = raw["translation"] * (tokens / max(len(batch), 1))
    elif output.logits_BLV is not None:
        units["translation"] = tokens
    factors = {"translation": weights.translation, "ctc": weights.ctc, "distillation": weights.distillation}
    weighted = {term: raw[term] * factors[term] for term in TERMS}
    terms = {f"loss_{term}": raw[term].detach() for term in TERMS}
    terms |= {f"loss_{term}_weighted": weighted[term] for term in TERMS}
    return Losses(torch.stack(list(weighted.values())).sum(), terms, nll_sum, tokens, units)


def count_units(batches: Iterable[Batch], weights: LossWeights) -> dict[str, int]:
    """Over how many tokens or clips each term of one batch that held all of ``batches`` would be a mean."""
    held = list(batches)
    units = dict.fromkeys(TERMS, sum(len(batch) for batch in held))
    if weights.translation > 0 and not weights.summed:
        units["translation"] = sum(count_tokens(batch) for batch in held)
    return units


def count_tokens(batch: Batch) -> int:
    """The real ones of its labels."""
    return 0 if batch.labels_BL is None else int((batch.labels_BL != IGNORED).sum())


def as_part_of(losses: Losses, whole: Mapping[str, int]) -> Tensor:
    """What ``losses`` add to the total of a larger batch of ``whole`` units: the parts' sum is that batch's total."""
    return torch.stack(
        [losses.terms[f"loss_{term}_weighted"] * (losses.units[term] / max(whole[term], 1)) for term in TERMS]
    ).sum()


def translation_loss(
    logits_BLV: Tensor, labels_BL: Tensor, *, smoothing: float
) -> tuple[Tensor, Tensor, int]:
    """Label-smoothed cross-entropy a token, the plain sum, and how many tokens there are, in float32.

    (1 - e) * -log p(label) + e * mean over V of -log p (Szegedy et al. 2016, section 7).
    """
    real_BL = labels_BL != IGNORED
    labels_N = labels_BL[real_BL]
    logp_NV = functional.log_softmax(logits_BLV[real_BL].float(), dim=-1)
    nll_sum = -logp_NV.gather(1, labels_N.unsqueeze(1)).sum()
    uniform_sum = -logp_NV.mean(dim=-1).sum()
    mean = ((1 - smoothing) * nll_sum + smoothing * uniform_sum) / max(len(labels_N), 1)
    return mean, nll_sum.detach(), len(labels_N)


def ctc_loss(encoded: Encoded, batch: Batch, *, summed: bool = False) -> Tensor:
    """CTC (Graves et al. 2006, eq. 8) divided by the clip's labels, summed over the heads, meaned over the clips.

    ``summed`` leaves out the division by the labels.

    A clip without glosses, or with more labels than its frames can hold, counts as zero, and so does a head whose
    stream the clip lacks: it could only learn to guess. In float32.
    """
    assert encoded.ctc_mask_BT is not None
    assert batch.glosses_BG is not None
    assert batch.gloss_lengths_B is not None
    lengths_B, frames_B = batch.gloss_lengths_B, encoded.ctc_mask_BT.sum(dim=1)
    judged_B = lengths_B > 0
    sum_B = torch.zeros_like(lengths_B, dtype=torch.float32)
    for name, logits_BTG in encoded.ctc_BTG.items():
        head_B = functional.ctc_loss(
            functional.log_softmax(logits_BTG.float(), dim=-1).transpose(0, 1),
            batch.glosses_BG,
            frames_B,
            lengths_B,
            blank=0,
            reduction="none",
            zero_infinity=True,
        )
        sum_B = sum_B + torch.where(judged_B & encoded.ctc_seen_B[name], head_B, 0.0)
    return (sum_B if summed else sum_B / lengths_B.clamp(min=1)).mean()


def distillation_loss(
    encoded: Encoded, *, temperature: float, detach_teacher: bool, summed: bool = False
) -> Tensor:
    """t^2 * KL(teacher || head) summed over the heads, meaned over a clip's frames, then over the clips.

    The teacher is the mean of the heads' softmaxes at temperature t (Hinton et al. 2015, section 2). A head whose
    stream the clip lacks neither teaches nor learns. ``summed`` sums over the frames in place of their mean. In
    float32.
    """
    assert encoded.ctc_mask_BT is not None
    heads = encoded.ctc_BTG
    logp_KBTG = torch.stack(
        [functional.log_softmax(x_BTG.float() / temperature, dim=-1) for x_BTG in heads.values()]
    )
    seen_KB = torch.stack([encoded.ctc_seen_B[name] for name in heads])
    seen_KB11 = seen_KB[:, :, None, None]
    counted_KBTG = torch.where(seen_KB11, logp_KBTG, -math.inf)
    teacher_BTG = counted_KBTG.logsumexp(dim=0) - seen_KB.sum(dim=0).log()[:, None, None]
    if detach_teacher:
        teacher_BTG = teacher_BTG.detach()
    kl_KBT = (teacher_BTG.exp() * (teacher_BTG - logp_KBTG)).sum(dim=-1)
    mask_BT = encoded.ctc_mask_BT
    kl_BT = torch.where(seen_KB[:, :, None] & mask_BT, kl_KBT, 0.0).sum(dim=0)
    kl_B = kl_BT.sum(dim=1) if summed else kl_BT.sum(dim=1) / mask_BT.sum(dim=1).clamp(min=1)
    return kl_B.mean() * temperature**2


TERMS = ("translation", "ctc", "distillation")
