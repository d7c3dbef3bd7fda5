"""Pretrained decoders and decoders by config, on small models with random weights saved to a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GenerationConfig,
    MBartConfig,
    MBartForConditionalGeneration,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
)
from transformers.modeling_outputs import BaseModelOutput

from slt_engine.model.decoder import TextDecoder
from slt_engine.model.errors import ModelError
from slt_engine.model.seq2seq import configured_seq2seq, named_seq2seq, outlined_seq2seq
from slt_engine.model.tokens import TokenIds
from tests.engine.model.small import DECODERS, TOKENS, small_batch

WIDTH = 12


def pretrained(kind: str, folder: Path) -> PreTrainedModel:
    """A model with random weights, saved to ``folder`` and given back in eval mode."""
    torch.manual_seed(0)
    ids = {"vocab_size": TOKENS.size, "pad_token_id": TOKENS.pad, "eos_token_id": TOKENS.end}
    bart = {
        "d_model": WIDTH,
        "encoder_layers": 1,
        "decoder_layers": 2,
        "encoder_ffn_dim": 16,
        "decoder_ffn_dim": 16,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "max_position_embeddings": 32,
        "forced_eos_token_id": TOKENS.end,
        "bos_token_id": TOKENS.begin,
    }
    t5 = {"d_model": WIDTH, "d_kv": 6, "d_ff": 16, "num_layers": 2, "num_decoder_layers": 2, "num_heads": 2}
    models = {
        "t5": lambda: T5ForConditionalGeneration(
            T5Config(
                **ids,
                **t5,
                feed_forward_proj="gated-gelu",
                tie_word_embeddings=False,
                decoder_start_token_id=0,
            )
        ),
        "bart": lambda: BartForConditionalGeneration(BartConfig(**ids, **bart, decoder_start_token_id=1)),
        "mbart": lambda: MBartForConditionalGeneration(MBartConfig(**ids, **bart, scale_embedding=True)),
    }
    model: PreTrainedModel = models[kind]().eval()
    model.save_pretrained(folder)
    return model


@pytest.mark.parametrize("kind", DECODERS)
def test_a_named_decoder_has_the_weights_of_its_name(kind: str, tmp_path: Path) -> None:
    theirs = pretrained(kind, tmp_path)
    batch = small_batch()
    states_BTD = torch.randn(3, 12, WIDTH)
    assert batch.labels_BL is not None

    ours = TextDecoder(named(tmp_path), width=WIDTH, language_id=None).eval()

    logits_BLV = theirs(
        encoder_outputs=BaseModelOutput(last_hidden_state=states_BTD),
        attention_mask=batch.frames_BT.long(),
        labels=batch.labels_BL,
    ).logits
    torch.testing.assert_close(ours(states_BTD, batch.frames_BT, batch.labels_BL), logits_BLV)


@pytest.mark.parametrize("kind", DECODERS)
def test_a_named_decoder_generates_what_its_own_generate_does(kind: str, tmp_path: Path) -> None:
    theirs = pretrained(kind, tmp_path)
    mask_BT = small_batch().frames_BT
    states_BTD = torch.randn(3, 12, WIDTH)
    start = TOKENS.pad if kind == "t5" else TOKENS.end

    ours = TextDecoder(named(tmp_path), width=WIDTH, language_id=None).eval()

    expected_BL = theirs.generate(
        encoder_outputs=BaseModelOutput(last_hidden_state=states_BTD),
        attention_mask=mask_BT.long(),
        generation_config=GenerationConfig(
            max_new_tokens=8, num_beams=2, decoder_start_token_id=start, length_penalty=1.0
        ),
    )
    ids_BL = ours.generate(states_BTD, mask_BT, num_beams=2, length_penalty=1.0, max_new_tokens=8)
    assert ids_BL.tolist() == expected_BL.tolist()


def test_generation_settings_that_came_with_a_name_do_not_override_the_flags(tmp_path: Path) -> None:
    model = pretrained("bart", tmp_path)
    model.generation_config.update(num_beams=4, max_length=3, no_repeat_ngram_size=1, early_stopping=True)
    model.generation_config.save_pretrained(tmp_path)

    generation = TextDecoder(named(tmp_path), width=WIDTH, language_id=None).seq2seq.generation_config

    assert (generation.num_beams, generation.max_length, generation.no_repeat_ngram_size) == (
        None,
        None,
        None,
    )


def test_a_larger_tokenizer_makes_the_named_embedding_grow(tmp_path: Path) -> None:
    old = pretrained("bart", tmp_path).get_input_embeddings().weight
    tokens = TokenIds(size=TOKENS.size + 5, pad=TOKENS.pad, end=TOKENS.end, begin=TOKENS.begin)

    model = named_seq2seq(str(tmp_path), tokens, {}, local_files_only=True)

    assert model.config.vocab_size == tokens.size
    torch.testing.assert_close(model.get_input_embeddings().weight[: TOKENS.size], old)
    decoder = TextDecoder(model, width=WIDTH, language_id=None)
    logits_BLV = decoder(
        torch.randn(1, 4, WIDTH), torch.ones(1, 4, dtype=torch.bool), torch.tensor([[24, 1]])
    )
    assert logits_BLV.shape[-1] == tokens.size


def test_a_tokenizer_with_other_special_ids_is_an_error_that_names_the_right_one(tmp_path: Path) -> None:
    pretrained("bart", tmp_path)
    tokens = TokenIds(size=TOKENS.size, pad=2, end=3, begin=None)

    with pytest.raises(ModelError, match=r"ends with 1, the tokenizer with 2 and 3: use --tokenizer"):
        named_seq2seq(str(tmp_path), tokens, {}, local_files_only=True)


def test_decoder_kwargs_change_a_named_decoder(tmp_path: Path) -> None:
    pretrained("bart", tmp_path)

    assert named(tmp_path, dropout=0.4).config.dropout == 0.4
    with pytest.raises(ModelError, match="bart has no field 'dropuot'; did you mean 'dropout'"):
        named(tmp_path, dropuot=0.4)


@pytest.mark.parametrize("kind", DECODERS)
def test_a_config_gives_a_fresh_model_of_its_shape_with_the_tokenizers_vocabulary(
    kind: str, tmp_path: Path
) -> None:
    pretrained(kind, tmp_path)
    tokens = TokenIds(size=31, pad=2, end=3, begin=4)

    model = configured_seq2seq(str(tmp_path), tokens, {}, local_files_only=True)
    decoder = TextDecoder(model, width=16, language_id=None)

    config = model.config
    assert (config.model_type, config.d_model, config.vocab_size) == (kind, WIDTH, 31)
    assert (config.pad_token_id, config.eos_token_id) == (2, 3)
    assert decoder.start_id == (2 if kind == "t5" else 3)
    assert decoder.adapter.weight.shape == (WIDTH, 16)


@pytest.mark.parametrize("load", [named_seq2seq, configured_seq2seq, outlined_seq2seq])
def test_a_decoder_that_was_saved_in_half_precision_trains_in_float32(
    load: Callable[..., PreTrainedModel], tmp_path: Path
) -> None:
    """A weight in bfloat16 does not move by a small learning rate."""
    pretrained("t5", tmp_path).bfloat16().save_pretrained(tmp_path)
    model = load(str(tmp_path), TOKENS, {}, local_files_only=True)
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


@pytest.mark.parametrize("load", [named_seq2seq, configured_seq2seq])
def test_a_name_that_is_nowhere_is_an_error_of_one_line(load: object, tmp_path: Path) -> None:
    assert callable(load)

    with pytest.raises(ModelError, match="could not be loaded") as error:
        load(str(tmp_path / "nowhere"), TOKENS, {}, local_files_only=True)

    assert "\n" not in str(error.value)


def named(folder: Path, **overrides: object) -> PreTrainedModel:
    return named_seq2seq(str(folder), TOKENS, overrides, local_files_only=True)
