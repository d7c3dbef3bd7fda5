"""The initial weights' facet of the model section, and which file a run's weights begin from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import BeforeValidator

from slt_engine.config.base import File, Maybe, Section, read_lower_or_none
from slt_engine.config.home import expanded

if TYPE_CHECKING:
    from slt_engine.config.config import Config

VARIABLE = "SLT_SINGLE_SIGNER_CHECKPOINT"
PLACE = Path("data/single_signer")
NAMES = (
    "single_signer_multistream.pt",
    "single_signer_multistream.pth",
    "single_signer_multistream.safetensors",
    "best.pt",
    "best.pth",
)
"""The file's names in PLACE, the first that is there; the first two and the last two are those it was given out as."""

Pretrained = Annotated[Literal["single_signer", "none"], BeforeValidator(read_lower_or_none)]


class Initial(Section):
    """Initial weights"""

    pretrained: Pretrained = "single_signer"
    """Weights that training starts from: single_signer takes those of pretrained_checkpoint, else of the file
    that SLT_SINGLE_SIGNER_CHECKPOINT names, else of data/single_signer/, and fresh ones where there is none.
    --init-checkpoint and --resume have their own."""

    pretrained_checkpoint: Maybe[File] = None
    """Checkpoint of pretrained weights (.pt, .pth or .safetensors); what does not fit this model stays fresh, and the
    log counts it."""


class Start(NamedTuple):
    """A file of weights and what named it. ``asked`` is false of one that was only looked for."""

    path: Path
    source: str
    asked: bool = True
    whole: bool = False
    """Whether every weight must fit."""


def find_start(config: Config, cwd: Path, environment: Mapping[str, str] = os.environ) -> Start | None:
    """What the weights of a run that was asked for in ``cwd`` begin from; None where they are fresh.

    Only a file that is looked for is left out when it is absent.
    """
    model, training = config.model, config.training
    if training.init_checkpoint:
        return Start(training.init_checkpoint, "init_checkpoint", whole=True)
    if model.pretrained == "none":
        return None
    if model.pretrained_checkpoint:
        return Start(model.pretrained_checkpoint, "pretrained_checkpoint")
    return next((start for start in _list_starts(cwd, environment) if start.path.is_file()), None)


def where_looked(environment: Mapping[str, str] = os.environ) -> str:
    """The places where a single_signer file would have been found, in words."""
    named = environment.get(VARIABLE)
    return f"{VARIABLE}{f' ({named})' if named else ''} or {PLACE}/"


def _list_starts(cwd: Path, environment: Mapping[str, str]) -> list[Start]:
    named = environment.get(VARIABLE, "").strip()
    first = [Start(cwd / expanded(named), VARIABLE, asked=False)] if named else []
    return [*first, *(Start(cwd / PLACE / name, f"{PLACE}/", asked=False) for name in NAMES)]
