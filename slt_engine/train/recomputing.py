"""Activations that are computed again in the backward pass instead of being kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint
from transformers import PreTrainedModel

from slt_engine.model.attention import Block
from slt_engine.model.mska.blocks import TemporalBlock
from slt_engine.model.mska.joint import JointPooling
from slt_engine.model.translator import SignTranslator
from slt_engine.train.compiling import find_blocks

BLOCKS = (Block, TemporalBlock, JointPooling)


def recompute_activations(model: SignTranslator) -> None:
    """Keep of a block only what enters it (Chen et al. 2016): those of the temporal transformer, of the joint and conv
    encoders and of a Hugging Face decoder.

    Backbones do so by themselves, chunk by chunk. The published keypoint network does not: its normalisation would
    count every batch twice. Dropout is the same both times.
    """
    for module in find_blocks(model, BLOCKS):
        module.forward = _Recomputed(module.forward)
    for module in model.decoder.modules():
        if isinstance(module, PreTrainedModel) and module.supports_gradient_checkpointing:
            module.activation_checkpointing_enable({"use_reentrant": False})
            break


class _Recomputed:
    def __init__(self, forward: Callable[..., Any]) -> None:
        self._forward = forward

    def __call__(self, *args: Any) -> Any:
        if not torch.is_grad_enabled():
            return self._forward(*args)
        return checkpoint(self._forward, *args, use_reentrant=False)
