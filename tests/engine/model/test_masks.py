"""What a mask hides cannot change anything: the promise that every part of the model keeps."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from slt_engine.batch import Batch, Encoded
from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.translator import SignTranslator
from tests.engine.model.small import (
    ENCODERS,
    MAX_FRAMES,
    only,
    small_batch,
    small_translator,
    spoil,
    without_keypoints,
)

MODELS = {
    "conv": {"encoder": "conv"},
    "joint": {"encoder": "joint"},
    "conv and pose": {"encoder": "conv", "pose": True},
    "joint and pose, concat": {"encoder": "joint", "pose": True, "gloss_fusion": "concat"},
    "conv, concat": {"encoder": "conv", "gloss_fusion": "concat"},
    "joint, no gloss": {"encoder": "joint", "gloss_fusion": None},
    "paper": {"encoder": "paper"},
    "paper and pose": {"encoder": "paper", "pose": True},
    "paper and pose, concat": {"encoder": "paper", "pose": True, "gloss_fusion": "concat"},
    "pose alone": {"encoder": None, "pose": True},
    "t5": {"encoder": "conv", "decoder": "t5"},
    "t5 with its encoder, concat": {
        "encoder": "conv",
        "decoder": "t5",
        "own_encoder": True,
        "gloss_fusion": "concat",
    },
    "mbart": {"encoder": "conv", "decoder": "mbart"},
}
WEIGHTS = LossWeights(
    translation=1.0, ctc=1.0, distillation=1.0, temperature=2.0, detach_teacher=False, label_smoothing=0.1
)


@pytest.fixture(params=MODELS, ids=str)
def model(request: pytest.FixtureRequest) -> SignTranslator:
    torch.manual_seed(0)
    return small_translator(**MODELS[request.param])


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e9])
def test_what_stands_in_a_masked_place_changes_nothing(model: SignTranslator, value: float) -> None:
    batch = small_batch()

    clean, spoilt = outputs(model, batch), outputs(model, spoil(batch, value))

    assert clean.keys() == spoilt.keys()
    for name, tensor in clean.items():
        assert torch.equal(tensor, spoilt[name]), name


@pytest.mark.parametrize("clip", [0, 1])
def test_a_clip_alone_gives_what_it_gives_in_a_padded_batch(model: SignTranslator, clip: int) -> None:
    batch = small_batch([7, 4, MAX_FRAMES])

    padded, alone = outputs(model, batch), outputs(model, only(batch, clip))

    for name, tensor in alone.items():
        assert_same(tensor[0], padded[name][clip][: len(tensor[0])], name)


def test_padding_is_zero_in_what_the_decoder_reads(model: SignTranslator) -> None:
    encoded = model.encode(small_batch())

    assert not encoded.states_BTD[~encoded.mask_BT].any()


@pytest.mark.parametrize("clip", [0, 1])
def test_a_clip_alone_is_decoded_as_in_a_padded_batch(model: SignTranslator, clip: int) -> None:
    batch = small_batch([7, 4, MAX_FRAMES])

    padded, alone = generate(model, batch)[clip], generate(model, only(batch, clip))[0]

    shared = min(len(padded), len(alone))
    assert padded[:shared].tolist() == alone[:shared].tolist()


def test_a_clip_of_one_frame_is_finite(model: SignTranslator) -> None:
    assert_trains(model, small_batch([1, 6]))


def test_a_clip_without_any_keypoint_is_finite(model: SignTranslator) -> None:
    assert_trains(model, without_keypoints(spoil(small_batch(), math.nan), clip=1))


def test_a_batch_of_one_clip_without_any_keypoint_is_finite(model: SignTranslator) -> None:
    assert_trains(model, without_keypoints(spoil(small_batch([3]), math.nan), clip=0))


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_hand_that_a_clip_lacks_hides_that_hand_alone(encoder: str) -> None:
    torch.manual_seed(0)
    model, batch = small_translator(encoder=encoder), small_batch()
    assert batch.keypoints_mask_BTJ is not None
    batch.keypoints_mask_BTJ[:, :, 0:3] = False

    encoded = model.encode(batch)
    assert encoded.ctc_seen_B["hand_l"].tolist() == [False] * 3
    assert encoded.ctc_seen_B["hand_r"].tolist() == [True] * 3
    assert_trains(model, batch)


def outputs(model: SignTranslator, batch: Batch) -> dict[str, Tensor]:
    """Everything that the model says of ``batch``, the clips first."""
    with torch.no_grad():
        output = model(batch)
    encoded: Encoded = output.encoded
    assert output.logits_BLV is not None
    heads = {f"ctc {name}": logits_BTG for name, logits_BTG in encoded.ctc_BTG.items()}
    return {"states": encoded.states_BTD, "mask": encoded.mask_BT, "logits": output.logits_BLV, **heads}


def assert_same(alone: Tensor, padded: Tensor, name: str) -> None:
    torch.testing.assert_close(alone, padded, atol=1e-5, rtol=0, msg=lambda text: f"{name}: {text}")


def generate(model: SignTranslator, batch: Batch) -> Tensor:
    with torch.no_grad():
        return model.generate(model.encode(batch), num_beams=1, length_penalty=1.0, max_new_tokens=8)


def assert_trains(model: SignTranslator, batch: Batch) -> None:
    """Outputs, losses and every gradient are finite, and generation ends."""
    assert all(tensor.isfinite().all() for tensor in outputs(model, batch).values())
    weights = WEIGHTS if model.heads is not None else LossWeights(1.0, 0.0, 0.0, 1.0, True, 0.1)
    losses = compute_losses(model(batch), batch, weights)
    losses.total.backward()
    assert losses.total.isfinite()
    gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    assert gradients
    assert [name for name, gradient in gradients.items() if not gradient.isfinite().all()] == []
    assert len(generate(model, batch)) == len(batch)
