"""Prompt tuning: where the vectors come from, and that they reach training and generation."""

# B clips, T frames, N prompt vectors, D width, V vocabulary.

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from transformers.modeling_outputs import BaseModelOutput

from slt_engine.losses import translation_loss
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.errors import ModelError
from slt_engine.model.prompt import Prompt, PromptStart, fit_ids, start_vectors
from tests.engine.model.small import WIDTH, small_batch, small_decoder, small_translator

LENGTH = 5


@pytest.fixture(name="states_BTD")
def encoded_states() -> Tensor:
    return torch.randn(3, 12, WIDTH, generator=torch.Generator().manual_seed(1))


def prompted(vectors_ND: Tensor | None = None, *, own_encoder: bool = False) -> TextDecoder:
    torch.manual_seed(0)
    decoder = small_decoder("t5", own_encoder=own_encoder).eval()
    torch.manual_seed(1)
    decoder.prompt = Prompt(torch.randn(LENGTH, WIDTH) if vectors_ND is None else vectors_ND)
    return decoder


def started(init: str, embedding_VD: Tensor, **changes: Any) -> Tensor:
    values = {"length": 2000, "init": init, "std": 0.3, "reach": 0.7, "ids": ()}
    return start_vectors(PromptStart(**{**values, **changes}), embedding_VD, vocabulary=8)


@pytest.fixture(name="embedding_VD")
def embedding_of_ten_rows() -> Tensor:
    return torch.arange(10.0)[:, None].expand(-1, WIDTH).contiguous()


def test_normal_has_the_deviation_that_was_asked_for(embedding_VD: Tensor) -> None:
    vectors_ND = started("normal", embedding_VD)
    assert vectors_ND.shape == (2000, WIDTH)
    assert vectors_ND.mean().item() == pytest.approx(0.0, abs=0.01)
    assert vectors_ND.std().item() == pytest.approx(0.3, rel=0.02)


def test_zero_is_zero(embedding_VD: Tensor) -> None:
    assert not started("zero", embedding_VD).any()


def test_uniform_fills_its_range_evenly(embedding_VD: Tensor) -> None:
    vectors_ND = started("uniform", embedding_VD)
    assert 0.69 < vectors_ND.max().item() <= 0.7
    assert -0.7 <= vectors_ND.min().item() < -0.69
    assert vectors_ND.std().item() == pytest.approx(0.7 / 3**0.5, rel=0.02)


def test_tokens_are_the_rows_of_their_ids_and_a_copy(embedding_VD: Tensor) -> None:
    vectors_ND = started("tokens", embedding_VD, length=3, ids=(7, 2, 7))
    assert vectors_ND[:, 0].tolist() == [7, 2, 7]
    vectors_ND.add_(1)
    assert embedding_VD[7, 0] == 7


def test_vocab_draws_whole_rows_evenly_from_those_that_have_a_token(embedding_VD: Tensor) -> None:
    vectors_ND = started("vocab", embedding_VD)
    rows = vectors_ND[:, 0].long()
    assert torch.equal(vectors_ND, embedding_VD[rows])
    assert torch.bincount(rows, minlength=10).tolist()[8:] == [0, 0]
    assert torch.bincount(rows).min() > 150


def test_an_id_beyond_the_vocabulary_is_an_error_that_says_where_it_ends(embedding_VD: Tensor) -> None:
    with pytest.raises(ModelError, match="8 is not a token; the tokenizer's go from 0 to 7"):
        started("tokens", embedding_VD, length=1, ids=(8,))


@pytest.mark.parametrize(
    ("ids", "fitted", "said"),
    [
        ([4, 5], [4, 5, 4, 5, 4], ["the prompt's 2 tokens repeat to fill its 5 vectors"]),
        (
            [1, 2, 3, 4, 5, 6, 7],
            [1, 2, 3, 4, 5],
            ["the prompt's 7 tokens are more than its 5 vectors: the rest is cut"],
        ),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], []),
    ],
)
def test_ids_repeat_or_are_cut_with_a_notice(ids: list[int], fitted: list[int], said: list[str]) -> None:
    notices: list[str] = []
    assert fit_ids(ids, LENGTH, notice=notices.append) == fitted
    assert notices == said


@pytest.mark.parametrize("own_encoder", [False, True])
def test_the_vectors_stand_before_the_states_and_are_never_masked(
    states_BTD: Tensor, own_encoder: bool
) -> None:
    batch = small_batch()
    assert batch.labels_BL is not None
    decoder = prompted(own_encoder=own_encoder)
    assert decoder.prompt is not None
    longer_BND = torch.cat([decoder.prompt.vectors_ND.expand(3, -1, -1), states_BTD], dim=1)
    mask_BN = torch.cat([torch.ones(3, LENGTH), batch.frames_BT], dim=1).long()
    given: dict[str, Any] = {"inputs_embeds": longer_BND}
    if not own_encoder:
        given = {"encoder_outputs": BaseModelOutput(last_hidden_state=longer_BND)}

    expected = decoder.seq2seq(**given, attention_mask=mask_BN, labels=batch.labels_BL).logits

    torch.testing.assert_close(decoder(states_BTD, batch.frames_BT, batch.labels_BL), expected)


@pytest.mark.parametrize("own_encoder", [False, True])
@pytest.mark.parametrize("beams", [1, 3])
def test_the_prompt_reaches_generate(states_BTD: Tensor, own_encoder: bool, beams: int) -> None:
    mask_BT = small_batch().frames_BT
    decoder = prompted(3 * torch.ones(LENGTH, WIDTH), own_encoder=own_encoder)
    for name, weight in decoder.named_parameters():
        if "EncDecAttention" in name:  # fresh weights hardly listen to what is encoded
            weight.data *= 8
    search = {"num_beams": beams, "length_penalty": 1.0, "max_new_tokens": 8}

    with_BL = decoder.generate(states_BTD, mask_BT, **search)
    decoder.prompt = None
    without_BL = decoder.generate(states_BTD, mask_BT, **search)

    assert with_BL.tolist() != without_BL.tolist()


def test_what_is_generated_is_what_the_prompted_forward_likes_best(states_BTD: Tensor) -> None:
    mask_BT = small_batch().frames_BT
    decoder = prompted()

    ids_BL = decoder.generate(states_BTD, mask_BT, num_beams=1, length_penalty=1.0, max_new_tokens=8)
    best_BL = decoder(states_BTD, mask_BT, ids_BL[:, 1:]).argmax(dim=-1)

    ended_BL = (ids_BL[:, 1:] == decoder.pad_id).cummax(dim=1).values
    assert torch.equal(best_BL[~ended_BL], ids_BL[:, 1:][~ended_BL])


@pytest.mark.parametrize("own_encoder", [False, True])
def test_padding_frames_cannot_change_what_a_prompted_clip_says(
    states_BTD: Tensor, own_encoder: bool
) -> None:
    batch = small_batch()
    assert batch.labels_BL is not None
    decoder = prompted(own_encoder=own_encoder)
    spoilt_BTD = torch.where(batch.frames_BT[..., None], states_BTD, 100.0)

    clean = decoder(states_BTD, batch.frames_BT, batch.labels_BL)

    torch.testing.assert_close(decoder(spoilt_BTD, batch.frames_BT, batch.labels_BL), clean)


def test_every_vector_gets_a_gradient(states_BTD: Tensor) -> None:
    batch = small_batch()
    assert batch.labels_BL is not None
    decoder = prompted()
    assert decoder.prompt is not None

    logits_BLV = decoder(states_BTD, batch.frames_BT, batch.labels_BL)
    translation_loss(logits_BLV, batch.labels_BL, smoothing=0.1)[0].backward()

    assert decoder.prompt.vectors_ND.grad is not None
    assert decoder.prompt.vectors_ND.grad.abs().sum(dim=1).min() > 0


def test_the_vectors_are_of_the_decoders_group() -> None:
    model = small_translator(decoder="t5")
    model.decoder = prompted()
    assert "decoder.prompt.vectors_ND" in [name for name, _ in model.parameter_groups()["decoder"]]
