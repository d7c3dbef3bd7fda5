"""DINOv2's weights under transformers' names: from torch-hub's, from published ones, behind any wrapper's prefix."""

# D width, C channels, P side of a patch, N positions.

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor
from transformers import AutoConfig, PreTrainedConfig

from slt_engine.model.errors import ModelError

HEAD_WIDTH = 64
"""Of every DINOv2; a file of weights does not say it."""

NESTS = ("teacher", "model", "state_dict", "model_state_dict", "student")
"""Under which of its keys a training checkpoint keeps the weights, the first that is there."""

PREFIX = re.compile(
    r"^(module|_orig_mod|backbone|encoder_q|teacher|student|model|dinov2(_with_registers)?)\."
)

RENAMED = (
    (r"^(cls_token|mask_token|register_tokens)$", r"embeddings.\1"),
    (r"^pos_embed$", r"embeddings.position_embeddings"),
    (r"^patch_embed\.proj\.", r"embeddings.patch_embeddings.projection."),
    (r"^norm\.", r"layernorm."),
    (
        r"^blocks\.(?:\d+\.)?(\d+)\.",
        r"encoder.layer.\1.",
    ),  # with a chunk's number in front in training checkpoints
    (r"\.attn\.proj\.", r".attention.o_proj."),
    (r"\.attn\.qkv\.", r".attention.qkv."),
    (r"\.ls([12])\.gamma$", r".layer_scale\1.lambda1"),
    (r"\.mlp\.(w12|weights_in)\.", r".mlp.gate_up."),
    (r"\.mlp\.(w3|weights_out)\.", r".mlp.down_proj."),
    (r"\.attention\.attention\.(query|key|value)\.", lambda m: f".attention.{m[1][0]}_proj."),
    (r"\.attention\.output\.dense\.", r".attention.o_proj."),
)
"""torch-hub's names and those of published Hugging Face files, to transformers' own."""

FUSED = {
    ".attention.qkv.": (".attention.q_proj.", ".attention.k_proj.", ".attention.v_proj."),
    ".mlp.gate_up.": (".mlp.gate_proj.", ".mlp.up_proj."),
}
"""Weights that are kept as one and here are several, split along their rows."""


def rename_weights(weights: Mapping[str, Any]) -> dict[str, Tensor]:
    """The tensors of a checkpoint under transformers' names; what is no part of a DINOv2 keeps its own."""
    renamed: dict[str, Tensor] = {}
    for name, tensor in _unwrap(weights).items():
        for own, part in _split(_rename(name), tensor):
            renamed[own] = part
    return renamed


def infer_config(weights: Mapping[str, Tensor], source: object) -> PreTrainedConfig:
    """The architecture that renamed ``weights`` belong to, from their shapes."""
    absent = [name for name in (CLS, PATCHES, POSITIONS, FIRST) if name not in weights]
    if absent:
        raise ModelError(f"{source}: holds no DINOv2: {absent[0]} is missing")
    width, _, patch, _ = weights[PATCHES].shape
    if width % HEAD_WIDTH:
        raise ModelError(
            f"{source}: width {width} is not a multiple of {HEAD_WIDTH}, the width of DINOv2's heads; give a "
            "directory with its config.json as hf:path"
        )
    swiglu = GATE in weights
    fields: dict[str, Any] = {
        "hidden_size": width,
        "num_hidden_layers": 1 + max(int(m[1]) for m in map(LAYER.match, weights) if m),
        "num_attention_heads": width // HEAD_WIDTH,
        "mlp_ratio": 4 if swiglu else weights[FC1].shape[0] // width,
        "patch_size": patch,
        "image_size": patch * round((weights[POSITIONS].shape[1] - 1) ** 0.5),
        "use_swiglu_ffn": swiglu,
        "qkv_bias": QUERY_BIAS in weights,
    }
    if REGISTERS not in weights:
        return AutoConfig.for_model("dinov2", **fields)
    return AutoConfig.for_model(
        "dinov2_with_registers", **fields, num_register_tokens=weights[REGISTERS].shape[1]
    )


def _unwrap(weights: Mapping[str, Any]) -> dict[str, Tensor]:
    """The tensors, from inside a training checkpoint; of a teacher and its student the teacher's."""
    nest = next((name for name in NESTS if isinstance(weights.get(name), Mapping)), None)
    if nest:
        return _unwrap(weights[nest])
    tensors = {name: value for name, value in weights.items() if isinstance(value, Tensor)}
    if any(name.startswith("teacher.") for name in tensors):
        tensors = {name: value for name, value in tensors.items() if not name.startswith("student.")}
    return tensors


def _rename(name: str) -> str:
    while (shorter := PREFIX.sub("", name)) != name:
        name = shorter
    for pattern, replacement in RENAMED:
        name = re.sub(pattern, replacement, name)
    return name


def _split(name: str, tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
    fused = next((infix for infix in FUSED if infix in name), None)
    if fused is None:
        yield name, tensor
        return
    parts = FUSED[fused]
    for own, part in zip(parts, tensor.chunk(len(parts)), strict=True):
        yield name.replace(fused, own), part


CLS = "embeddings.cls_token"
REGISTERS = "embeddings.register_tokens"
PATCHES = "embeddings.patch_embeddings.projection.weight"
POSITIONS = "embeddings.position_embeddings"
FIRST = "encoder.layer.0.norm1.weight"
FC1 = "encoder.layer.0.mlp.fc1.weight"
GATE = "encoder.layer.0.mlp.gate_proj.weight"
QUERY_BIAS = "encoder.layer.0.attention.q_proj.bias"
LAYER = re.compile(r"encoder\.layer\.(\d+)\.")
