"""Config -> the decoder: pretrained, from a configuration, from the flags, or a class of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from slt_engine.config import Config
from slt_engine.model.custom import OFFERED, CustomDecoder, custom_decoder
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.errors import ModelError
from slt_engine.model.prompt import Prompt, PromptStart, fit_ids, start_vectors
from slt_engine.model.seq2seq import DecoderShape, configured_seq2seq, scratch_seq2seq
from slt_engine.model.tokens import language_id, token_ids

OpenNamed = Callable[..., PreTrainedModel]


def build_decoder(
    config: Config,
    tokenizer: PreTrainedTokenizerBase,
    *,
    notice: Callable[[str], None],
    open_named: OpenNamed,
) -> TextDecoder | CustomDecoder:
    """The decoder that ``config`` describes; ``open_named`` gives the model behind decoder_model.

    That texts of max_new_tokens are too long for it is told before anything is trained.
    """
    model = config.model
    code = config.derived().decoder_language
    language = language_id(tokenizer, code) if code else None
    if model.decoder_class:
        offered = _offer(config, tokenizer, language)
        return custom_decoder(model.decoder_class, offered, model.decoder_kwargs, width=model.d_model)
    seq2seq = _build_seq2seq(config, tokenizer, open_named)
    decoder = TextDecoder(
        seq2seq,
        width=model.d_model,
        language_id=language,
        own_encoder=model.decoder_encoder == "use",
        prompt=_build_prompt(config, tokenizer, seq2seq, notice),
    )
    if config.training.decode_every:
        decoder.count_new_tokens(config.derived().max_new_tokens)
    return decoder


def _build_seq2seq(
    config: Config, tokenizer: PreTrainedTokenizerBase, open_named: OpenNamed
) -> PreTrainedModel:
    model, tokens = config.model, token_ids(tokenizer)
    local = model.decoder_local_files_only
    if model.decoder_model:
        return open_named(model.decoder_model, tokens, model.decoder_kwargs, local_files_only=local)
    if model.decoder_config:
        return configured_seq2seq(model.decoder_config, tokens, model.decoder_kwargs, local_files_only=local)
    shape = DecoderShape(
        width=model.d_model,
        layers=model.decoder_layers,
        heads=model.decoder_heads,
        dropout=model.decoder_dropout,
        max_length=_longest(config),
    )
    return scratch_seq2seq(shape, tokens, model.decoder_kwargs)


def _longest(config: Config) -> int:
    """The most positions that a decoder from scratch is asked for."""
    return max(config.data.max_target_length, config.derived().max_new_tokens)


def _build_prompt(
    config: Config,
    tokenizer: PreTrainedTokenizerBase,
    seq2seq: PreTrainedModel,
    notice: Callable[[str], None],
) -> Prompt | None:
    model, derived = config.model, config.derived()
    length, init = derived.decoder_prompt_length, derived.decoder_prompt_init
    if not length:
        return None
    if seq2seq.config.model_type != "t5":
        raise ModelError(
            f"decoder_prompt_length {length}: only a T5 takes a prompt, and the decoder is a "
            f"{seq2seq.config.model_type}; give --decoder-prompt-length 0"
        )
    ids = fit_ids(_prompt_ids(config, tokenizer), length, notice=notice) if init == "tokens" else []
    start = PromptStart(length, init, model.decoder_prompt_std, model.decoder_prompt_range, ids)
    return Prompt(start_vectors(start, seq2seq.get_input_embeddings().weight, vocabulary=len(tokenizer)))


def _prompt_ids(config: Config, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    model = config.model
    if model.decoder_prompt_tokens:
        return list(model.decoder_prompt_tokens)
    text = model.decoder_prompt_text or ""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    if not ids:
        raise ModelError(
            f"decoder_prompt_text {text!r} has no tokens; give words, or --decoder-prompt-tokens"
        )
    return ids


def _offer(config: Config, tokenizer: PreTrainedTokenizerBase, language: int | None) -> dict[str, Any]:
    model, tokens = config.model, token_ids(tokenizer)
    values = {
        "d_model": model.d_model,
        "vocab_size": tokens.size,
        "layers": model.decoder_layers,
        "heads": model.decoder_heads,
        "dropout": model.decoder_dropout,
        "max_length": _longest(config),
        "pad_token_id": tokens.pad,
        "eos_token_id": tokens.end,
        "bos_token_id": tokens.begin,
        "language_id": language,
    }
    assert tuple(values) == OFFERED
    return values
