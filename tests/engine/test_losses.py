"""The training objective against its formulas, worked out the long way."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from slt_engine.batch import Batch, Encoded, Output
from slt_engine.losses import (
    TERMS,
    LossWeights,
    as_part_of,
    compute_losses,
    count_units,
    ctc_loss,
    distillation_loss,
    translation_loss,
)

WEIGHTS = LossWeights(
    translation=1.0, ctc=0.5, distillation=2.0, temperature=1.5, detach_teacher=True, label_smoothing=0.1
)
FRAMES = (9, 5, 7)
GLOSS_LENGTHS = (3, 1, 2)


@pytest.fixture(name="batch")
def small_batch() -> Batch:
    glosses_BG = torch.tensor([[1, 2, 2], [3, 0, 0], [2, 4, 0]])
    labels_BL = torch.tensor([[5, 6, 1, -100], [7, 1, -100, -100], [4, 4, 5, 1]])
    frames_BT = torch.arange(max(FRAMES)) < torch.tensor(FRAMES)[:, None]
    return Batch(
        clip_ids=("a", "b", "c"),
        texts=("", "", ""),
        frames_BT=frames_BT,
        labels_BL=labels_BL,
        glosses_BG=glosses_BG,
        gloss_lengths_B=torch.tensor(GLOSS_LENGTHS),
    )


@pytest.fixture(name="output")
def random_output(batch: Batch) -> Output:
    random = torch.Generator().manual_seed(3)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=random, requires_grad=True)

    heads = {name: draw(3, 9, 5) for name in ("fused", "hand_l", "hand_r")}
    everyone = torch.ones(3, dtype=torch.bool)
    encoded = Encoded(draw(3, 9, 4), batch.frames_BT, heads, batch.frames_BT, dict.fromkeys(heads, everyone))
    return Output(encoded, draw(3, 4, 8))


def test_translation_is_pytorchs_smoothed_cross_entropy_a_token(batch: Batch, output: Output) -> None:
    assert batch.labels_BL is not None
    assert output.logits_BLV is not None
    flat_NV, labels_N = output.logits_BLV.flatten(0, 1), batch.labels_BL.flatten()

    mean, nll_sum, tokens = translation_loss(output.logits_BLV, batch.labels_BL, smoothing=0.1)

    torch.testing.assert_close(mean, functional.cross_entropy(flat_NV, labels_N, label_smoothing=0.1))
    torch.testing.assert_close(nll_sum, functional.cross_entropy(flat_NV, labels_N, reduction="sum"))
    assert tokens == 9


def test_ctc_is_a_label_summed_over_heads_and_meaned_over_clips(batch: Batch, output: Output) -> None:
    expected = torch.stack([_ctc_alone(output, batch, clip) for clip in range(3)]).mean()

    torch.testing.assert_close(ctc_loss(output.encoded, batch), expected)


def test_ctc_of_two_frames_is_what_counting_every_path_gives() -> None:
    logits_BTG = torch.tensor([[[0.3, -0.2], [0.1, 0.7]]])
    p_TG = logits_BTG[0].softmax(-1)
    paths = p_TG[0, 1] * p_TG[1, 1] + p_TG[0, 1] * p_TG[1, 0] + p_TG[0, 0] * p_TG[1, 1]
    frames_BT = torch.ones(1, 2, dtype=torch.bool)
    encoded = Encoded(
        torch.zeros(1, 2, 1), frames_BT, {"fused": logits_BTG}, frames_BT, {"fused": frames_BT[:, 0]}
    )
    batch = Batch(("a",), ("",), frames_BT, glosses_BG=torch.tensor([[1]]), gloss_lengths_B=torch.tensor([1]))

    torch.testing.assert_close(ctc_loss(encoded, batch), -paths.log())


def test_distillation_is_the_kl_from_the_mean_of_the_softmaxes(output: Output) -> None:
    t = 1.5
    per_clip = []
    for clip, frames in enumerate(FRAMES):
        probabilities = [x_BTG[clip, :frames].div(t).softmax(-1) for x_BTG in output.encoded.ctc_BTG.values()]
        teacher_TG = torch.stack(probabilities).mean(0)
        kl = sum((teacher_TG * (teacher_TG.log() - p_TG.log())).sum(-1).mean() for p_TG in probabilities)
        per_clip.append(torch.as_tensor(kl))

    loss = distillation_loss(output.encoded, temperature=t, detach_teacher=True)

    torch.testing.assert_close(loss, torch.stack(per_clip).mean() * t**2)


def test_an_attached_teacher_changes_the_gradient_and_not_the_loss(output: Output) -> None:
    logits = list(output.encoded.ctc_BTG.values())
    detached = distillation_loss(output.encoded, temperature=1.0, detach_teacher=True)
    attached = distillation_loss(output.encoded, temperature=1.0, detach_teacher=False)

    torch.testing.assert_close(detached, attached)
    apart = [torch.autograd.grad(loss, logits[0])[0] for loss in (detached, attached)]
    assert not torch.allclose(apart[0], apart[1])


def test_the_published_losses_are_sums_divided_by_the_clips(batch: Batch, output: Output) -> None:
    assert batch.labels_BL is not None
    assert output.logits_BLV is not None
    weights = LossWeights(1.0, 1.0, 1.0, 1.5, detach_teacher=True, label_smoothing=0.2, summed=True)
    flat_NV, labels_N = output.logits_BLV.flatten(0, 1), batch.labels_BL.flatten()
    cross_entropy = functional.cross_entropy(flat_NV, labels_N, label_smoothing=0.2, reduction="sum")
    ctc = sum(_ctc_alone(output, batch, clip) * GLOSS_LENGTHS[clip] for clip in range(3))
    heads = [x_BTG.div(1.5).softmax(-1) for x_BTG in output.encoded.ctc_BTG.values()]
    teacher_BTG = torch.stack(heads).mean(0)
    kl_BT = torch.stack([(teacher_BTG * (teacher_BTG / p_BTG).log()).sum(-1) for p_BTG in heads]).sum(0)

    terms = compute_losses(output, batch, weights).terms

    torch.testing.assert_close(terms["loss_translation"], (cross_entropy / 3).detach())
    torch.testing.assert_close(terms["loss_ctc"], (torch.as_tensor(ctc) / 3).detach())
    distilled = kl_BT[batch.frames_BT].sum() / 3 * 1.5**2
    torch.testing.assert_close(terms["loss_distillation"], distilled.detach())


@pytest.mark.parametrize("summed", [False, True])
def test_parts_of_a_batch_add_up_to_its_total(batch: Batch, output: Output, summed: bool) -> None:
    weights = replace(WEIGHTS, summed=summed)
    parts = [_clips(batch, output, clips) for clips in ([0, 2], [1])]
    whole = count_units([part for part, _ in parts], weights)

    added = sum(as_part_of(compute_losses(said, part, weights), whole) for part, said in parts)

    torch.testing.assert_close(added, compute_losses(output, batch, weights).total)


def test_the_total_is_the_sum_of_the_weighted_terms(batch: Batch, output: Output) -> None:
    losses = compute_losses(output, batch, WEIGHTS)

    raw = [float(losses.terms[f"loss_{term}"].detach()) for term in TERMS]
    weighted = [float(losses.terms[f"loss_{term}_weighted"].detach()) for term in TERMS]
    assert weighted == pytest.approx([w * value for w, value in zip((1.0, 0.5, 2.0), raw, strict=True)])
    assert float(losses.total.detach()) == pytest.approx(sum(weighted))


def test_a_term_that_is_off_is_zero_and_still_named(batch: Batch, output: Output) -> None:
    losses = compute_losses(output, batch, replace(WEIGHTS, ctc=0.0, distillation=0.0))

    assert [float(losses.terms[f"loss_{term}"]) for term in TERMS[1:]] == [0.0, 0.0]
    assert [float(losses.terms[f"loss_{term}_weighted"]) for term in TERMS[1:]] == [0.0, 0.0]


def test_a_model_without_labels_has_losses_all_the_same(batch: Batch, output: Output) -> None:
    losses = compute_losses(replace(output, logits_BLV=None), batch, WEIGHTS)

    assert losses.tokens == 0
    assert losses.total.isfinite()


def test_a_clip_without_glosses_adds_nothing(batch: Batch, output: Output) -> None:
    lacking = replace(batch, gloss_lengths_B=torch.tensor([3, 0, 2]))

    expected = (_ctc_alone(output, batch, 0) + _ctc_alone(output, batch, 2)) / 3

    torch.testing.assert_close(ctc_loss(output.encoded, lacking), expected)


def test_a_clip_with_more_labels_than_frames_adds_nothing_and_no_gradient(
    batch: Batch, output: Output
) -> None:
    short_BT = batch.frames_BT.clone()
    short_BT[0, 2:] = False
    encoded = replace(output.encoded, ctc_mask_BT=short_BT)

    loss = ctc_loss(encoded, batch)
    (gradient_BTG,) = torch.autograd.grad(loss, encoded.ctc_BTG["fused"])

    torch.testing.assert_close(loss, (_ctc_alone(output, batch, 1) + _ctc_alone(output, batch, 2)) / 3)
    assert not gradient_BTG[0].any()
    assert gradient_BTG.isfinite().all()


def test_a_head_whose_stream_a_clip_lacks_neither_learns_nor_teaches(batch: Batch, output: Output) -> None:
    unseen = {**output.encoded.ctc_seen_B, "hand_l": torch.tensor([False, True, True])}
    encoded = replace(output.encoded, ctc_seen_B=unseen)
    hand = encoded.ctc_BTG["hand_l"]

    losses = compute_losses(replace(output, encoded=encoded), batch, replace(WEIGHTS, detach_teacher=False))
    (gradient_BTG,) = torch.autograd.grad(losses.total, hand)

    assert not gradient_BTG[0].any()
    assert gradient_BTG[1].any()
    assert gradient_BTG.isfinite().all()


def test_padding_frames_have_no_part_in_any_loss(batch: Batch, output: Output) -> None:
    spoilt = {
        name: torch.where(batch.frames_BT[..., None], x_BTG, 1e9)
        for name, x_BTG in output.encoded.ctc_BTG.items()
    }
    encoded = replace(output.encoded, ctc_BTG=spoilt)

    clean = compute_losses(output, batch, WEIGHTS).total
    assert torch.equal(compute_losses(replace(output, encoded=encoded), batch, WEIGHTS).total, clean)


def test_losses_of_half_precision_logits_are_computed_in_float32(batch: Batch, output: Output) -> None:
    halves = {name: x_BTG.bfloat16() for name, x_BTG in output.encoded.ctc_BTG.items()}
    assert output.logits_BLV is not None
    half = Output(replace(output.encoded, ctc_BTG=halves), output.logits_BLV.bfloat16())

    losses = compute_losses(half, batch, WEIGHTS)

    assert {tensor.dtype for tensor in (losses.total, losses.nll_sum, *losses.terms.values())} == {
        torch.float32
    }


def _ctc_alone(output: Output, batch: Batch, clip: int) -> Tensor:
    """The heads' sum of a clip's own CTC a label."""
    assert batch.glosses_BG is not None
    frames, labels = FRAMES[clip], GLOSS_LENGTHS[clip]
    per_head = [
        functional.ctc_loss(
            x_BTG[clip, :frames].log_softmax(-1),
            batch.glosses_BG[clip, :labels],
            torch.tensor(frames),
            torch.tensor(labels),
            reduction="sum",
        )
        for x_BTG in output.encoded.ctc_BTG.values()
    ]
    return torch.stack(per_head).sum() / labels


def _clips(batch: Batch, output: Output, clips: list[int]) -> tuple[Batch, Output]:
    """Some of the clips, and what was said of them."""
    assert batch.labels_BL is not None
    assert batch.glosses_BG is not None
    assert batch.gloss_lengths_B is not None
    assert output.logits_BLV is not None
    encoded = output.encoded
    assert encoded.ctc_mask_BT is not None
    part = replace(
        batch,
        clip_ids=tuple(batch.clip_ids[clip] for clip in clips),
        frames_BT=batch.frames_BT[clips],
        labels_BL=batch.labels_BL[clips],
        glosses_BG=batch.glosses_BG[clips],
        gloss_lengths_B=batch.gloss_lengths_B[clips],
    )
    said = Encoded(
        encoded.states_BTD[clips],
        encoded.mask_BT[clips],
        {name: x_BTG[clips] for name, x_BTG in encoded.ctc_BTG.items()},
        encoded.ctc_mask_BT[clips],
        {name: seen_B[clips] for name, seen_B in encoded.ctc_seen_B.items()},
    )
    return part, Output(said, output.logits_BLV[clips])
