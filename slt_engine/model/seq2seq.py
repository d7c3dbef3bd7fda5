"""Where sequence-to-sequence models come from: decoder flags, a Hugging Face config, or a pretrained name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from transformers import (
    AutoConfig,
    AutoModelForSeq2SeqLM,
    BartConfig,
    MBartConfig,
    PreTrainedConfig,
    PreTrainedModel,
    T5Config,
)
from transformers.models.t5.modeling_t5 import T5Attention

from slt_engine.hub import hub_is_out_of_reach
from slt_engine.model.architectures import shipped_fields
from slt_engine.model.errors import ModelError
from slt_engine.model.tokens import TokenIds

GENERATION_FIELDS = ("decoder_start_token_id", "forced_bos_token_id", "forced_eos_token_id")
"""What decoder_kwargs may say about generation, whether or not the config class declares it."""


@dataclass(frozen=True)
class DecoderShape:
    """The decoder flags; ``max_length`` is the most tokens of a text, written or read."""

    width: int
    layers: int
    heads: int
    dropout: float
    max_length: int


def scratch_seq2seq(shape: DecoderShape, tokens: TokenIds, overrides: Mapping[str, Any]) -> PreTrainedModel:
    """A fresh model of the type that ``overrides['model_type']`` names (t5 without), its fields from ``shape``.

    The other ``overrides`` are config fields and win over the flags.
    """
    model_type = str(overrides.get("model_type", "t5"))
    if model_type not in SHAPES:
        raise ModelError(f"decoder_kwargs: model_type {model_type!r} is not one of {', '.join(SHAPES)}")
    config_class, from_shape = SHAPES[model_type]
    given = {name: value for name, value in overrides.items() if name != "model_type"}
    return _build(config_class, {**from_shape(shape), **_ids(model_type, tokens)}, given, tokens)


def configured_seq2seq(
    name: str, tokens: TokenIds, overrides: Mapping[str, Any], *, local_files_only: bool
) -> PreTrainedModel:
    """A fresh model of the shape that the config ``name`` (a path or a hub name) describes, for these tokens.

    A name whose numbers are shipped needs no network.
    """
    config = shipped_config(name)
    if config is None:
        config = _load(AutoConfig, name, "decoder_config", local_files_only=local_files_only)
    return _build(type(config), {**config.to_dict(), **_ids(config.model_type, tokens)}, overrides, tokens)


def named_seq2seq(
    name: str, tokens: TokenIds, overrides: Mapping[str, Any], *, local_files_only: bool
) -> PreTrainedModel:
    """The pretrained model ``name``; its embedding grows where the tokenizer holds more than it has rows for."""
    config = _load(AutoConfig, name, "decoder_model", local_files_only=local_files_only)
    _check_names(type(config), overrides)
    config = _make(type(config), {**config.to_dict(), **overrides})
    _check_special_ids(name, config, tokens)
    model: PreTrainedModel = _load(
        AutoModelForSeq2SeqLM,
        name,
        "decoder_model",
        local_files_only=local_files_only,
        config=config,
        dtype=torch.float32,
    )
    if tokens.size > config.vocab_size:
        model.resize_token_embeddings(tokens.size, mean_resizing=False)
    return _finish(model, overrides)


def outlined_seq2seq(
    name: str, tokens: TokenIds, overrides: Mapping[str, Any], *, local_files_only: bool
) -> PreTrainedModel:
    """What ``named_seq2seq`` would give, its weights fresh ones, on the device that is torch's default: see "meta"."""
    config = shipped_config(name)
    if config is None:
        config = _load(AutoConfig, name, "decoder_model", local_files_only=local_files_only)
    _check_names(type(config), overrides)
    config = _make(type(config), {**config.to_dict(), **overrides})
    config.vocab_size = max(config.vocab_size, tokens.size)
    return _finish(AutoModelForSeq2SeqLM.from_config(config), overrides)


def shipped_config(name: str) -> PreTrainedConfig | None:
    """The configuration of an architecture whose numbers are shipped."""
    fields = shipped_fields(name)
    return None if fields is None else AutoConfig.for_model(**fields)


def _build(
    config_class: type[PreTrainedConfig],
    values: Mapping[str, Any],
    overrides: Mapping[str, Any],
    tokens: TokenIds,
) -> PreTrainedModel:
    _check_names(config_class, overrides)
    config = _make(config_class, {**values, **overrides})
    if config.vocab_size < tokens.size:
        raise ModelError(
            f"decoder_kwargs: vocab_size {config.vocab_size} is less than the tokenizer's {tokens.size}; leave it out"
        )
    try:
        model = AutoModelForSeq2SeqLM.from_config(config)
    except ValueError as error:
        raise ModelError(f"decoder: {_one_line(error)}") from error
    if model.config.model_type == "t5":
        scale_t5_attention(model)
    return _finish(model, overrides)


def scale_t5_attention(model: PreTrainedModel) -> None:
    """Divide T5's attention scores by sqrt(d_kv), as other transformers do, and draw its queries that much larger.

    T5 keeps the factor inside its query weights. That is the same function, but Adam moves every weight by about the
    learning rate, so small query weights turn sqrt(d_kv) times as fast as the rest: at 1e-3 a fresh T5 learns late, at
    2e-3 not at all. Weights from elsewhere keep T5's own form.
    """
    for module in model.modules():
        if isinstance(module, T5Attention):
            module.scaling = module.key_value_proj_dim**-0.5
            with torch.no_grad():
                module.q.weight.mul_(module.key_value_proj_dim**0.5)


def _finish(model: PreTrainedModel, overrides: Mapping[str, Any]) -> PreTrainedModel:
    """Settings of generation that were typed reach it; a cache made for few encoder layers fits the decoder."""
    for name in GENERATION_FIELDS:
        if name in overrides:
            setattr(model.generation_config, name, overrides[name])
    config = model.config
    if config.model_type == "t5":
        config.num_layers = max(config.num_layers, config.num_decoder_layers)
    else:
        config.encoder_layers = max(config.encoder_layers, config.decoder_layers)
    return model


def _make(config_class: type[PreTrainedConfig], values: Mapping[str, Any]) -> PreTrainedConfig:
    """In float32, whatever the weights were saved in: half precision is for computing, not for keeping weights."""
    try:
        config = config_class(**values)
        config.dtype = torch.float32
    except (StrictDataclassError, TypeError, ValueError) as error:
        raise ModelError(f"decoder_kwargs: {_one_line(error)}") from error
    heads, width = getattr(config, "decoder_attention_heads", 1), config.d_model
    if width % heads:
        raise ModelError(
            f"decoder_heads {heads} do not divide the decoder's width {width}; choose heads that do"
        )
    return config


def _check_names(config_class: type[PreTrainedConfig], overrides: Mapping[str, Any]) -> None:
    known = {field.name for field in fields(config_class)} | set(config_class.attribute_map)
    known |= {"tie_word_embeddings", *GENERATION_FIELDS}
    for name in overrides:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ModelError(f"decoder_kwargs: {config_class.model_type} has no field {name!r}{hint}")


def _check_special_ids(name: str, config: PreTrainedConfig, tokens: TokenIds) -> None:
    if (config.pad_token_id, config.eos_token_id) != (tokens.pad, tokens.end):
        raise ModelError(
            f"decoder_model {name}: pads with id {config.pad_token_id} and ends with {config.eos_token_id}, the "
            f"tokenizer with {tokens.pad} and {tokens.end}: use --tokenizer {name}"
        )


def _load(loader: Any, name: str, key: str, *, local_files_only: bool, **settings: Any) -> Any:
    only_local = local_files_only or hub_is_out_of_reach()
    try:
        return loader.from_pretrained(name, local_files_only=only_local, **settings)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"{key} {name!r} could not be loaded: {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _ids(model_type: str, tokens: TokenIds) -> dict[str, Any]:
    """T5 starts a text with its padding token, BART and mBART with their end token."""
    ids: dict[str, Any] = {
        "vocab_size": tokens.size,
        "pad_token_id": tokens.pad,
        "eos_token_id": tokens.end,
        "bos_token_id": tokens.begin,
        "decoder_start_token_id": tokens.pad if model_type == "t5" else tokens.end,
    }
    return ids if model_type == "t5" else {**ids, "forced_eos_token_id": tokens.end}


def _t5_fields(shape: DecoderShape) -> dict[str, Any]:
    """T5 v1.1's block; any number of heads, since each is width // heads wide."""
    if shape.heads > shape.width:
        raise ModelError(f"decoder_heads {shape.heads} are more than the width {shape.width}; choose fewer")
    return {
        "d_model": shape.width,
        "d_kv": shape.width // shape.heads,
        "d_ff": 2 * shape.width,
        "num_layers": shape.layers,
        "num_decoder_layers": shape.layers,
        "num_heads": shape.heads,
        "dropout_rate": shape.dropout,
        "feed_forward_proj": "gated-gelu",
    }


def _bart_fields(shape: DecoderShape) -> dict[str, Any]:
    """BART's and mBART's block, with a position for the language before the text."""
    return {
        "d_model": shape.width,
        "encoder_layers": shape.layers,
        "decoder_layers": shape.layers,
        "encoder_attention_heads": shape.heads,
        "decoder_attention_heads": shape.heads,
        "encoder_ffn_dim": 4 * shape.width,
        "decoder_ffn_dim": 4 * shape.width,
        "dropout": shape.dropout,
        "max_position_embeddings": shape.max_length + 1,
    }


SHAPES = {
    "t5": (T5Config, _t5_fields),
    "bart": (BartConfig, _bart_fields),
    "mbart": (MBartConfig, _bart_fields),
}
