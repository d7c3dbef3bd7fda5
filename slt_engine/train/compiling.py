"""torch.compile, region by region: the blocks that repeat and the backbones, as they train."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch._dynamo.exc import TorchDynamoException
from torch._inductor.exc import InductorError
from transformers.modeling_layers import GradientCheckpointingLayer

from slt_engine.model.attention import Block
from slt_engine.model.errors import ModelError
from slt_engine.model.mska.joint import JointPooling
from slt_engine.model.translator import SignTranslator

REGIONS = (Block, JointPooling, GradientCheckpointingLayer)
SPECIALISATIONS = 64  # of one block's code: torch's own 8 are fewer than a large decoder has layers


def compile_model(model: SignTranslator, mode: str | None) -> None:
    """Compile attention blocks, the decoder's layers and the backbones, in place: no weight changes its name.

    Lengths are dynamic, so that no batch compiles anew for its size; convolutions over time, which would, are left
    out. Dropout draws other numbers than without. Validation and decoding run as they are: what they give does not
    depend on it. Raises ModelError for a mode that torch does not have.
    """
    modes = torch._inductor.list_mode_options()
    if mode is not None and mode not in modes:
        raise ModelError(f"training.compile_mode {mode!r} is not one of torch's: {', '.join(modes)}")
    torch._dynamo.config.recompile_limit = SPECIALISATIONS
    torch._dynamo.config.allow_unspec_int_on_nn_module = (
        True  # the number of a layer is no reason to compile it anew
    )
    for module in find_blocks(model, REGIONS):
        module.forward = _Region(module, mode)
    if model.frames is not None:
        model.frames.compile_backbones(lambda backbone: _compile(backbone, mode))


def find_blocks(model: nn.Module, kinds: tuple[type[nn.Module], ...]) -> Iterator[nn.Module]:
    """The modules of these kinds, but for those of backbones."""
    outside = (module for name, module in model.named_modules() if not name.startswith("frames."))
    return (module for module in outside if isinstance(module, kinds))


class _Region:
    """A module's forward: compiled in training, as it is in evaluation."""

    def __init__(self, module: nn.Module, mode: str | None) -> None:
        self._module, self._plain = module, module.forward
        self._compiled = _compile(module.forward, mode, dynamic=True)

    def __call__(self, *args: Any, **settings: Any) -> Any:
        run = self._compiled if self._module.training else self._plain
        return run(*args, **settings)


def _compile(
    function: Callable[..., Any], mode: str | None, *, dynamic: bool | None = None
) -> Callable[..., Any]:
    """``function`` compiled at its first call, which raises ModelError where the compiler fails."""
    compiled = torch.compile(function, dynamic=dynamic, mode=mode)

    def call(*args: Any, **settings: Any) -> Any:
        try:
            return compiled(*args, **settings)
        except (TorchDynamoException, InductorError) as error:
            line = next((text for text in str(error).splitlines() if text.strip()), type(error).__name__)
            raise ModelError(f"training.compile: {line.strip()}; --no-compile trains without") from error

    return call
