"""The decoder as the settings name it: by name, by shipped numbers at true size, with a prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from slt_engine.clips.layouts import LAYOUTS
from slt_engine.config import Config, Layer, resolve
from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.model.architectures import SHIPPED
from slt_engine.model.build import outline_model
from slt_engine.model.build_decoder import build_decoder
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.errors import ModelError
from slt_engine.model.seq2seq import configured_seq2seq, named_seq2seq, outlined_seq2seq
from slt_engine.model.tokens import TokenIds
from tests.engine.model.test_seq2seq import pretrained
from tests.support.settings import KEYPOINTS, LEAST, config_with

PUBLISHED = {
    "google/t5-v1_1-base": 222_903_552,
    "facebook/mbart-large-cc25": 610_851_840,
}


@pytest.fixture(name="tokenizer", scope="module")
def letters() -> PreTrainedTokenizerBase:
    return train_tokenizer(["hola mundo", "adios luna"], vocab_size=300, characters=True)


def built(
    config: Config, tokenizer: PreTrainedTokenizerBase, notices: list[str] | None = None
) -> TextDecoder:
    said: list[str] = [] if notices is None else notices
    decoder = build_decoder(config, tokenizer, notice=said.append, open_named=named_seq2seq)
    assert isinstance(decoder, TextDecoder)
    return decoder


def count(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_architecture_has_the_published_size_on_the_meta_device(name: str) -> None:
    tokens = TokenIds(size=32_000, pad=0, end=1, begin=None)
    with torch.device("meta"):
        model = outlined_seq2seq(name, tokens, {}, local_files_only=True)
    assert count(model) == PUBLISHED[name]
    assert {p.device.type for p in model.parameters()} == {"meta"}


def test_shipped_numbers_keep_what_tells_t5_v1_1_from_t5() -> None:
    with torch.device("meta"):
        model = outlined_seq2seq("google/t5-v1_1-base", TokenIds(8, 0, 1, None), {}, local_files_only=True)
    assert model.config.is_gated_act
    assert not model.config.scale_decoder_outputs


def test_a_config_whose_numbers_are_shipped_needs_no_network() -> None:
    tokens = TokenIds(size=50, pad=0, end=1, begin=None)
    with torch.device("meta"):
        model = configured_seq2seq("google/t5-v1_1-base", tokens, {"num_layers": 1}, local_files_only=True)
    assert (model.config.d_model, model.config.vocab_size, len(model.encoder.block)) == (768, 50, 1)


@pytest.mark.parametrize("short", ["t5", "mbart"])
@pytest.mark.parametrize("use", [False, True])
def test_one_flag_swaps_the_decoder_of_a_whole_model_at_true_size(
    short: str, use: bool, tokenizer: PreTrainedTokenizerBase
) -> None:
    preset = {"model.decoder_model": "t5" if short == "mbart" else "mbart", "model.decoder_language": "es_XX"}
    layers = [
        Layer("preset", preset),
        Layer("least", LEAST),
        Layer("--decoder-model", {"model.decoder_model": short}),
        Layer("--decoder-encoder", {"model.decoder_encoder": "use" if use else "drop"}),
    ]
    config = resolve(layers).config

    model = outline_model(config, layout=None, tokenizer=tokenizer, gloss_names=[])

    decoder = model.decoder
    assert isinstance(decoder, TextDecoder)
    assert decoder.seq2seq.config.model_type == short
    whole = PUBLISHED[config.model.decoder_model or ""]
    assert (count(decoder.seq2seq) == whole) == use
    assert decoder.adapter.weight.shape == (decoder.seq2seq.config.d_model, 128)
    assert {p.device.type for p in model.parameters()} == {"meta"}


@pytest.mark.parametrize("kind", ["t5", "mbart"])
def test_a_named_decoder_keeps_or_drops_its_encoder_as_asked(
    kind: str, tmp_path: Path, tokenizer: PreTrainedTokenizerBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = pretrained(kind, tmp_path)
    monkeypatch.setattr("slt_engine.model.seq2seq._check_special_ids", lambda *_: None)
    values = {"model.decoder_model": str(tmp_path), "data.tokenizer": "x", "training.max_new_tokens": 8}

    used = built(config_with({**values, "model.decoder_encoder": "use"}), tokenizer).seq2seq
    dropped = built(config_with(values), tokenizer).seq2seq

    ours, kept = used.get_encoder().state_dict(), theirs.get_encoder().state_dict()
    layers = [name for name in kept if "embed_tokens" not in name]
    assert all(torch.equal(ours[name], kept[name]) for name in layers)
    prefix = "model.encoder." if kind == "mbart" else "encoder."
    assert set(used.state_dict()) - set(dropped.state_dict()) >= {prefix + name for name in layers}


def test_a_language_that_the_tokenizer_lacks_says_how_to_leave_it_out(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    with pytest.raises(ModelError, match=r"es_XX.* or give --decoder-language none"):
        built(config_with({"model.decoder_language": "es_XX"}), tokenizer)


@pytest.mark.parametrize(
    ("values", "text", "said"),
    [
        (
            {"decoder_prompt_length": 6, "decoder_prompt_text": "luna"},
            "lunalu",
            ["the prompt's 4 tokens repeat"],
        ),
        (
            {"decoder_prompt_length": 2, "decoder_prompt_text": "luna"},
            "lu",
            ["the prompt's 4 tokens are more"],
        ),
        ({"decoder_prompt_length": 4, "decoder_prompt_text": "luna"}, "luna", []),
    ],
)
def test_a_prompt_of_a_text_begins_as_the_embeddings_of_its_tokens(
    values: dict[str, Any], text: str, said: list[str], tokenizer: PreTrainedTokenizerBase
) -> None:
    notices: list[str] = []

    decoder = built(
        config_with({f"model.{name}": value for name, value in values.items()}), tokenizer, notices
    )

    assert decoder.prompt is not None
    rows = decoder.seq2seq.get_input_embeddings().weight[tokenizer.convert_tokens_to_ids(list(text))]
    assert torch.equal(decoder.prompt.vectors_ND, rows)
    assert [notice.startswith(start) for notice, start in zip(notices, said, strict=True)] == [True] * len(
        said
    )


def test_texts_too_long_for_a_named_decoder_are_told_before_training(
    tmp_path: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    pretrained("mbart", tmp_path)
    values = {"model.decoder_config": str(tmp_path), "training.max_new_tokens": 5000}
    with pytest.raises(ModelError, match="too few for 5000 new tokens; lower max_new_tokens"):
        built(config_with(values), tokenizer)
    assert built(config_with({**values, "training.decode_every": 0}), tokenizer).max_positions


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"data.max_target_length": 33}, "too few for 33 tokens of a text; lower max_target_length"),
        ({"model.sequence_length": 33}, "too few for 33 frames and prompt vectors; lower sequence_length"),
        (
            {**KEYPOINTS, "model.sequence_length": 20, "model.mska_gloss_fusion": "concat"},
            "too few for 40 frames and prompt vectors; lower sequence_length",
        ),
    ],
)
def test_texts_and_clips_too_long_for_a_decoders_positions_are_told_when_it_is_built(
    values: dict[str, Any], problem: str, tmp_path: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    pretrained("mbart", tmp_path)
    small = {"data.max_target_length": 32, "model.sequence_length": 32, "training.decode_every": 0}
    decoder = {"model.decoder_config": str(tmp_path), "model.decoder_encoder": "use"}
    layout = LAYOUTS["mediapipe_543"].without_unused()

    def built_whole(more: dict[str, Any]) -> None:
        outline_model(
            config_with({**small, **decoder, **more}),
            layout=layout,
            tokenizer=tokenizer,
            gloss_names=["-", "A"],
        )

    with pytest.raises(ModelError, match=problem):
        built_whole(values)
    built_whole({})
    built_whole({**values, **KEYPOINTS, "model.mska_ctc_weight": 1, "model.mska_translation_weight": 0})


def test_ids_without_a_length_set_it(tokenizer: PreTrainedTokenizerBase) -> None:
    config = config_with({"model.decoder_prompt_tokens": "5,6,5", "data.tokenizer_vocab_size": 300})
    decoder = built(config, tokenizer)
    assert decoder.prompt is not None
    assert torch.equal(decoder.prompt.vectors_ND, decoder.seq2seq.get_input_embeddings().weight[[5, 6, 5]])


@pytest.mark.parametrize("init", ["normal", "zero", "uniform", "vocab"])
def test_every_other_init_is_built(init: str, tokenizer: PreTrainedTokenizerBase) -> None:
    values = {"model.decoder_prompt_length": 40, "model.decoder_prompt_init": init}
    more = {"model.decoder_prompt_std": 0.5, "model.decoder_prompt_range": 2.0}
    prompt = built(config_with({**values, **more}), tokenizer).prompt
    assert prompt is not None
    spread = prompt.vectors_ND.std().item()
    assert spread == pytest.approx(
        {"normal": 0.5, "zero": 0.0, "uniform": 2 / 3**0.5}.get(init, spread), rel=0.1
    )
    assert prompt.vectors_ND.shape == (40, 128)


def test_a_prompt_for_a_named_decoder_that_is_no_t5_is_an_error(
    tmp_path: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    pretrained("mbart", tmp_path)
    values = {"model.decoder_config": str(tmp_path), "model.decoder_prompt_length": 3}
    with pytest.raises(ModelError, match="only a T5 takes a prompt, and the decoder is a mbart"):
        built(config_with(values), tokenizer)


def test_an_id_that_is_no_token_is_an_error(tokenizer: PreTrainedTokenizerBase) -> None:
    with pytest.raises(ModelError, match="is not a token; the tokenizer's go from 0 to"):
        built(config_with({"model.decoder_prompt_tokens": str(len(tokenizer))}), tokenizer)


def test_without_a_prompt_nothing_is_put_before_the_states(tokenizer: PreTrainedTokenizerBase) -> None:
    decoder = built(config_with(), tokenizer)
    assert decoder.prompt is None
    assert "prompt" not in " ".join(decoder.state_dict())
