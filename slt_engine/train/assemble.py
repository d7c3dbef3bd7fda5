"""A built model and everything that trains it: on its device, with its optimizer and its averages."""

from __future__ import annotations

from accelerate import Accelerator

from slt_engine.config import Config
from slt_engine.data.splits import Splits
from slt_engine.model.translator import SignTranslator
from slt_engine.train.averaging import AveragedWeights
from slt_engine.train.optim import build_optimizer
from slt_engine.train.state import Parts, fingerprint


def assemble(config: Config, splits: Splits, model: SignTranslator, accelerator: Accelerator) -> Parts:
    """What a checkpoint is made of, ready for the first step."""
    derived, decay = config.derived(), config.training.ema_decay
    rates = {part: getattr(derived, f"lr_{part}") for part in ("encoder", "mska", "mapper", "decoder")}
    optimizer = build_optimizer(
        model.parameter_groups(), rates, name=config.optim.optimizer, weight_decay=config.optim.weight_decay
    )
    prepared_model, prepared_optimizer = accelerator.prepare(model, optimizer)
    return Parts(
        accelerator=accelerator,
        model=prepared_model,
        optimizer=prepared_optimizer,
        averaged=None if decay is None else AveragedWeights(prepared_model, decay),
        fingerprint=fingerprint(splits),
        keypoint_space=(splits.space.width, splits.space.height) if splits.space else None,
    )
