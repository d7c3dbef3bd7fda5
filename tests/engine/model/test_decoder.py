"""The text decoder against Hugging Face's own loss and generation."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from transformers.modeling_outputs import BaseModelOutput

from slt_engine.losses import translation_loss
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.errors import ModelError
from slt_engine.model.seq2seq import DecoderShape, scratch_seq2seq
from tests.engine.model.small import DECODERS, END, TOKENS, WIDTH, small_batch, small_decoder

LANGUAGE = 9


@pytest.fixture(name="states_BTD")
def encoded_states() -> Tensor:
    return torch.randn(3, 12, WIDTH, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("kind", DECODERS)
def test_the_loss_is_hugging_faces_own(kind: str, states_BTD: Tensor) -> None:
    torch.manual_seed(0)
    batch = small_batch()
    decoder = small_decoder(kind).eval()

    theirs = decoder.seq2seq(
        encoder_outputs=BaseModelOutput(last_hidden_state=states_BTD),
        attention_mask=batch.frames_BT.long(),
        labels=batch.labels_BL,
    ).loss
    assert batch.labels_BL is not None
    logits_BLV = decoder(states_BTD, batch.frames_BT, batch.labels_BL)
    ours, nll_sum, tokens = translation_loss(logits_BLV, batch.labels_BL, smoothing=0.0)

    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(nll_sum / tokens, theirs, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("kind", DECODERS)
@pytest.mark.parametrize("beams", [1, 3])
def test_generation_is_what_choosing_token_by_token_gives(kind: str, beams: int, states_BTD: Tensor) -> None:
    torch.manual_seed(0)
    mask_BT = small_batch().frames_BT
    decoder = small_decoder(kind).eval()

    with torch.no_grad():
        ids_BL = generate(decoder, states_BTD, mask_BT, beams=beams)
        logits_BLV = decoder(states_BTD, mask_BT, ids_BL[:, 1:])

    assert ids_BL[:, 0].tolist() == [decoder.start_id] * 3
    if beams == 1:
        for chosen, logits_LV in zip(ids_BL[:, 1:].tolist(), logits_BLV, strict=True):
            free = chosen[: chosen.index(END)] if END in chosen else chosen[:-1]
            assert free == logits_LV.argmax(-1)[: len(free)].tolist()


@pytest.mark.parametrize("kind", DECODERS)
def test_the_language_is_the_first_token_and_is_read_in_training_too(kind: str, states_BTD: Tensor) -> None:
    torch.manual_seed(0)
    mask_BT = small_batch().frames_BT
    decoder = small_decoder(kind, language_id=LANGUAGE).eval()

    ids_BL = generate(decoder, states_BTD, mask_BT)
    logits_BLV = decoder(states_BTD, mask_BT, torch.tensor([[5, END]] * 3))

    assert ids_BL[:, 1].tolist() == [LANGUAGE] * 3
    assert logits_BLV.shape[1] == 2
    assert logits_BLV[:, 0].argmax(-1).tolist() == ids_BL[:, 2].tolist()


def test_labels_that_begin_with_the_language_are_not_given_it_twice(states_BTD: Tensor) -> None:
    torch.manual_seed(0)
    decoder = small_decoder("mbart", language_id=LANGUAGE).eval()
    mask_BT = small_batch().frames_BT
    labels_BL = torch.tensor([[LANGUAGE, 5, 6, END]] * 3)

    logits_BLV = decoder(states_BTD, mask_BT, labels_BL)

    torch.testing.assert_close(logits_BLV[:, 1:], decoder(states_BTD, mask_BT, labels_BL[:, 1:]))


def test_an_mbart_whose_config_starts_with_a_language_speaks_the_one_that_is_asked_for(
    states_BTD: Tensor,
) -> None:
    decoder = small_decoder("mbart", language_id=LANGUAGE, decoder_start_token_id=LANGUAGE + 1).eval()

    ids_BL = generate(decoder, states_BTD, small_batch().frames_BT)

    assert ids_BL[:, :2].tolist() == [[END, LANGUAGE]] * 3


def test_a_forced_first_token_from_decoder_kwargs_is_used(states_BTD: Tensor) -> None:
    decoder = small_decoder("bart", forced_bos_token_id=LANGUAGE).eval()

    assert generate(decoder, states_BTD, small_batch().frames_BT)[:, 1].tolist() == [LANGUAGE] * 3


@pytest.mark.parametrize("kind", DECODERS)
def test_the_decoders_own_encoder_is_in_neither_parameters_nor_state(kind: str) -> None:
    decoder = small_decoder(kind)

    names = [*decoder.state_dict(), *(name for name, _ in decoder.named_parameters())]

    assert [
        name for name in names if "encoder." in name.replace("encoder_attn", "").replace("decoder.", "")
    ] == []


@pytest.mark.parametrize("kind", DECODERS)
def test_every_parameter_of_the_decoder_gets_a_gradient(kind: str) -> None:
    torch.manual_seed(0)
    batch = small_batch()
    assert batch.labels_BL is not None
    decoder = small_decoder(kind, width=6)

    logits_BLV = decoder(torch.randn(3, 12, 6), batch.frames_BT, batch.labels_BL)
    translation_loss(logits_BLV, batch.labels_BL, smoothing=0.1)[0].backward()

    assert [name for name, p in decoder.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize("kind", DECODERS)
def test_a_decoder_deeper_than_its_encoder_was_generates_as_without_a_cache(
    kind: str, states_BTD: Tensor
) -> None:
    torch.manual_seed(0)
    layers = {"num_layers": 1} if kind == "t5" else {"encoder_layers": 1}
    depth = {"num_decoder_layers": 3} if kind == "t5" else {"decoder_layers": 3}
    decoder = small_decoder(kind, **layers, **depth).eval()
    mask_BT = small_batch().frames_BT

    cached_BL = generate(decoder, states_BTD, mask_BT)
    decoder.seq2seq.generation_config.use_cache = False

    assert generate(decoder, states_BTD, mask_BT).tolist() == cached_BL.tolist()


def test_widths_that_differ_meet_in_an_adapter() -> None:
    assert isinstance(small_decoder("bart", width=6).adapter, torch.nn.Linear)
    assert isinstance(small_decoder("bart").adapter, torch.nn.Identity)


@pytest.mark.parametrize("kind", ["bart", "mbart"])
def test_a_text_longer_than_the_decoders_positions_is_an_error_that_names_both(
    kind: str, states_BTD: Tensor
) -> None:
    decoder, mask_BT = small_decoder(kind), small_batch().frames_BT

    with pytest.raises(
        ModelError, match=r"13 positions, too few for 40 tokens of a text; lower max_target_length"
    ):
        decoder(states_BTD, mask_BT, torch.full((3, 40), 5))
    with pytest.raises(ModelError, match=r"too few for 40 new tokens; lower max_new_tokens"):
        decoder.generate(states_BTD, mask_BT, num_beams=1, length_penalty=1.0, max_new_tokens=40)


def test_a_t5_has_any_number_of_heads() -> None:
    shape = DecoderShape(width=128, layers=1, heads=6, dropout=0.0, max_length=8)

    config = scratch_seq2seq(shape, TOKENS, {}).config

    assert (config.model_type, config.num_heads, config.d_kv, config.vocab_size) == ("t5", 6, 21, TOKENS.size)


def test_a_fresh_t5_is_a_plain_t5_with_the_factor_moved_out_of_its_queries(states_BTD: Tensor) -> None:
    torch.manual_seed(0)
    batch = small_batch()
    assert batch.labels_BL is not None
    decoder = small_decoder("t5").eval()
    before = decoder(states_BTD, batch.frames_BT, batch.labels_BL)

    for name, module in decoder.named_modules():
        if name.endswith(("SelfAttention", "EncDecAttention")):
            module.q.weight.data *= module.scaling
            module.scaling = 1.0

    torch.testing.assert_close(decoder(states_BTD, batch.frames_BT, batch.labels_BL), before)


def test_decoder_kwargs_win_over_the_flags() -> None:
    assert small_decoder("bart", dropout=0.3).seq2seq.config.dropout == 0.3
    assert small_decoder("bart", decoder_ffn_dim=24).seq2seq.config.decoder_ffn_dim == 24
    assert small_decoder("t5", d_ff=24).seq2seq.config.d_ff == 24


@pytest.mark.parametrize(
    ("kind", "overrides", "message"),
    [
        (
            "bart",
            {"decoder_laiers": 3},
            "decoder_kwargs: bart has no field 'decoder_laiers'; did you mean 'decoder_layers'?",
        ),
        ("t5", {"d_model": "wide"}, "decoder_kwargs: .*'d_model' expected int"),
        ("bart", {"vocab_size": 3}, "vocab_size 3 is less than the tokenizer's 20"),
        ("bart", {"decoder_attention_heads": 3}, "decoder_heads 3 do not divide the decoder's width 16"),
        ("gpt", {}, "model_type 'gpt' is not one of t5, bart, mbart"),
    ],
)
def test_a_wrong_decoder_kwarg_is_an_error_of_one_line(
    kind: str, overrides: dict[str, Any], message: str
) -> None:
    with pytest.raises(ModelError, match=message) as error:
        small_decoder(kind, **overrides)

    assert "\n" not in str(error.value)


def generate(decoder: TextDecoder, states_BTD: Tensor, mask_BT: Tensor, *, beams: int = 1) -> Tensor:
    return decoder.generate(states_BTD, mask_BT, num_beams=beams, length_penalty=1.0, max_new_tokens=8)
