"""Config: the four sections, the rules that cross them, and what one setting takes from another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from slt_engine.config.data import Data
from slt_engine.config.model import DECODER_NAMES, Model
from slt_engine.config.optim import Optim
from slt_engine.config.rules import broken_rules
from slt_engine.config.training import Training

T = TypeVar("T")

T5 = DECODER_NAMES["t5"]
"""A decoder by name that knows one language."""


class Config(BaseModel):
    """Everything that a run is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    data: Data
    model: Model
    optim: Optim
    training: Training

    @model_validator(mode="after")
    def _keep_the_rules(self) -> Config:
        broken = broken_rules(self)
        if broken:
            text = "\n".join(f"{rule.keys[0]}: {rule.message}" for rule in broken)
            raise PydanticCustomError("rules", "{text}", {"text": text, "broken": broken})
        return self

    def without_initial_weights(self) -> Config:
        """The same for a run that is resumed: its weights are in last.pt."""
        model = self.model.model_copy(update={"pretrained": "none", "pretrained_checkpoint": None})
        training = self.training.model_copy(update={"init_checkpoint": None})
        return self.model_copy(update={"model": model, "training": training})

    def sections(self) -> dict[str, dict[str, Any]]:
        """The four sections in JSON's types; derived defaults stay null."""
        return self.model_dump(mode="json")

    def values(self) -> dict[str, Any]:
        """Every setting by its dotted key, in JSON's types."""
        return {
            f"{section}.{name}": value
            for section, part in self.sections().items()
            for name, value in part.items()
        }

    def trained_backbones(self) -> list[str]:
        """The streams of crops whose backbone is on and not frozen."""
        return [stream for stream in self.data.crop_dirs if not self.model.frozen[stream]]

    def derived(self) -> Derived:
        """The settings that take another's value when they are not given."""
        data, model, optim, training = self.data, self.model, self.optim, self.training
        lr_encoder = given(optim.lr_encoder, optim.lr)
        return Derived(
            val_batch_size=given(data.val_batch_size, data.batch_size),
            tokenizer=data.tokenizer or model.decoder_model,
            pose_points=given(model.pose_points, tuple(range(model.pose_landmarks))),
            pose_projector_dim=given(model.pose_projector_dim, model.projector_dim),
            decoder_language=None if model.decoder_model == T5 else model.decoder_language,
            decoder_prompt_length=model.decoder_prompt_length or len(model.decoder_prompt_tokens or ()),
            decoder_prompt_init=_prompt_init(model),
            mska_gloss_hidden_dim=given(model.mska_gloss_hidden_dim, model.d_model),
            lr_encoder=lr_encoder,
            lr_decoder=given(optim.lr_decoder, optim.lr),
            lr_mska=given(optim.lr_mska, lr_encoder),
            lr_mapper=given(optim.lr_mapper, optim.lr),
            scheduler_tmax=given(optim.scheduler_tmax, training.epochs),
            gradient_checkpointing=given(training.gradient_checkpointing, bool(self.trained_backbones())),
            best_metric=_best_metric(training.best_metric, recognises=not model.mska_translation_weight),
            max_new_tokens=given(training.max_new_tokens, data.max_target_length),
        )

    def resolved_values(self) -> dict[str, Any]:
        """The derived settings by their dotted key, as ``about.resolved`` keeps them."""
        derived = self.derived()
        return {key: _plain(getattr(derived, key.partition(".")[2])) for key in DERIVED}


@dataclass(frozen=True)
class Derived:
    """What has a value where config.json says null, or of the prompt its default; the engine reads it here.

    ``tokenizer`` is None when one is to be trained on the texts.
    """

    val_batch_size: int
    tokenizer: str | None
    pose_points: tuple[int, ...]
    pose_projector_dim: int
    decoder_language: str | None
    decoder_prompt_length: int
    decoder_prompt_init: str
    mska_gloss_hidden_dim: int
    lr_encoder: float
    lr_decoder: float
    lr_mska: float
    lr_mapper: float
    scheduler_tmax: int
    gradient_checkpointing: bool
    best_metric: str
    max_new_tokens: int


DERIVED = (
    "data.val_batch_size",
    "data.tokenizer",
    "model.pose_points",
    "model.pose_projector_dim",
    "model.decoder_language",
    "model.decoder_prompt_length",
    "model.decoder_prompt_init",
    "model.mska_gloss_hidden_dim",
    "optim.lr_encoder",
    "optim.lr_decoder",
    "optim.lr_mska",
    "optim.lr_mapper",
    "optim.scheduler_tmax",
    "training.gradient_checkpointing",
    "training.best_metric",
    "training.max_new_tokens",
)


def given(value: T | None, otherwise: T) -> T:
    """The value, or the other's where it is not given."""
    return otherwise if value is None else value


def _prompt_init(model: Model) -> str:
    """Words or ids for a prompt are what it begins with, unless another init is asked for."""
    has_tokens = model.decoder_prompt_text or model.decoder_prompt_tokens
    return "tokens" if has_tokens and model.decoder_prompt_init == "normal" else model.decoder_prompt_init


def _best_metric(name: str, *, recognises: bool) -> str:
    """Of a model that only recognises glosses, the word error rate is that of the glosses."""
    return "gloss_wer" if name == "wer" and recognises else name


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
