"""Decoders of one's own: what such a class is, and how it is found by its name."""

# B clips, T frames, D width, L tokens, V vocabulary. Masks are True where real.

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast

from torch import Tensor, nn

from slt_engine.model.errors import ModelError


class Decoder(Protocol):
    """A torch.nn.Module that ``--decoder-class package.module:Class`` may name.

    Its constructor is given, by name, those of ``OFFERED`` that it takes, and everything in decoder_kwargs.
    """

    d_model: int
    """The width of the states that it reads."""

    def forward(self, states_BTD: Tensor, mask_BT: Tensor, labels_BL: Tensor) -> Tensor:
        """Logits (B, L, V) for ``labels_BL`` (-100 is padding), each position having read the labels before it."""

    def generate(
        self,
        states_BTD: Tensor,
        mask_BT: Tensor,
        *,
        num_beams: int,
        length_penalty: float,
        max_new_tokens: int,
    ) -> Tensor:
        """Token ids (B, L); special tokens are left out of the text."""


OFFERED = (
    "d_model",
    "vocab_size",
    "layers",
    "heads",
    "dropout",
    "max_length",
    "pad_token_id",
    "eos_token_id",
    "bos_token_id",
    "language_id",
)
"""What a class may ask for: the width, the tokenizer's size, the decoder flags, the tokenizer's marks."""


class CustomDecoder(nn.Module):
    """A decoder of one's own in the model's place for one."""

    language_id: None = None

    def __init__(self, own: nn.Module) -> None:
        super().__init__()
        self.own = own

    def forward(self, states_BTD: Tensor, mask_BT: Tensor, labels_BL: Tensor) -> Tensor:
        """Its logits, once they have the labels' shape."""
        logits_BLV: Tensor = self.own(states_BTD, mask_BT, labels_BL)
        if logits_BLV.shape[:2] != labels_BL.shape:
            raise ModelError(
                f"decoder_class: {type(self.own).__name__} gives logits {tuple(logits_BLV.shape)} for labels "
                f"{tuple(labels_BL.shape)}; give (clips, tokens, vocabulary)"
            )
        return logits_BLV

    def generate(self, states_BTD: Tensor, mask_BT: Tensor, **search: Any) -> Tensor:
        """Its token ids."""
        return cast("Decoder", self.own).generate(states_BTD, mask_BT, **search)


def custom_decoder(
    path: str, offered: Mapping[str, Any], overrides: Mapping[str, Any], *, width: int
) -> CustomDecoder:
    """An object of the class at ``path``, for states of ``width``; ``overrides`` win over what is ``offered``.

    Raises ModelError, in one line, for a class that is not there, cannot be made, or has another width.
    """
    made = _make(path, find_class(path), {**offered, **overrides}, overrides)
    for method in ("forward", "generate"):
        if not isinstance(made, nn.Module) or not callable(getattr(made, method, None)):
            raise ModelError(f"decoder_class {path}: is no torch.nn.Module with forward and generate")
    own_width = getattr(made, "d_model", None)
    if own_width is None:
        raise ModelError(
            f"decoder_class {path}: has no d_model, the width that it reads; set it when it is made"
        )
    if own_width != width:
        raise ModelError(
            f"decoder_class {path}: reads states {own_width} wide (d_model), and the encoder's are {width}; "
            "make --d-model and the decoder's the same"
        )
    return CustomDecoder(made)


def find_class(path: str) -> type:
    """The class at ``package.module:Class``, its module imported."""
    module_name, _, name = path.partition(":")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"decoder_class {path}: cannot be imported ({_one_line(error)}); start the run where it lies, or set "
            "PYTHONPATH"
        ) from error
    except Exception as error:  # somebody else's module may raise anything
        raise ModelError(f"decoder_class {path}: cannot be imported ({_one_line(error)})") from error
    found = getattr(module, name, None)
    if isinstance(found, type):
        return found
    classes = [key for key, value in vars(module).items() if isinstance(value, type)]
    near = difflib.get_close_matches(name, classes, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ModelError(f"decoder_class {path}: module {module_name} has no class {name}{hint}")


def _make(path: str, found: type, values: Mapping[str, Any], overrides: Mapping[str, Any]) -> Any:
    parameters = inspect.signature(found).parameters
    takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    given = {
        name: value for name, value in values.items() if takes_all or name in parameters or name in overrides
    }
    try:
        inspect.signature(found).bind(**given)
    except TypeError as error:
        raise ModelError(
            f"decoder_class {path}: {_one_line(error, kind=False)}; see decoder_kwargs"
        ) from error
    try:
        return found(**given)
    except Exception as error:  # and so may its constructor
        raise ModelError(f"decoder_class {path}: cannot be made ({_one_line(error)})") from error


def _one_line(error: Exception, *, kind: bool = True) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if kind else text
