"""A built model and everything that trains it: on its device, with its optimizer and its averages."""

from __future__ import annotations

import torch
from accelerate import Accelerator

from slt_engine.config import Config
from slt_engine.data.splits import Splits
from slt_engine.model.translator import SignTranslator
from slt_engine.opening import positive_seed
from slt_engine.train.averaging import AveragedWeights
from slt_engine.train.compiling import compile_model
from slt_engine.train.optim import build_optimizer
from slt_engine.train.processes import Processes
from slt_engine.train.recomputing import recompute_activations
from slt_engine.train.state import Parts, fingerprint


def assemble(
    config: Config, splits: Splits, model: SignTranslator, accelerator: Accelerator, processes: Processes
) -> Parts:
    """What a checkpoint is made of, ready for the first step.

    Gradients of several processes are added up once a step by ``Processes``, not by DistributedDataParallel: a step of
    many batches needs one exchange, and a process without a clip takes part like the others.
    """
    if config.training.compile:
        compile_model(model, config.training.compile_mode)
    if config.derived().gradient_checkpointing:
        recompute_activations(model)
    derived, decay = config.derived(), config.training.ema_decay
    rates = {part: getattr(derived, f"lr_{part}") for part in ("encoder", "mska", "mapper", "decoder")}
    optimizer = build_optimizer(
        model.parameter_groups(), rates, name=config.optim.optimizer, weight_decay=config.optim.weight_decay
    )
    prepared_model = accelerator.prepare_model(model, evaluation_mode=processes.count > 1)
    prepared_optimizer = accelerator.prepare_optimizer(optimizer)
    processes.copy_weights(prepared_model)
    if not processes.leads:
        torch.manual_seed(positive_seed(config.training.seed + processes.rank))  # of dropout
    return Parts(
        accelerator=accelerator,
        model=prepared_model,
        optimizer=prepared_optimizer,
        processes=processes,
        averaged=None if decay is None else AveragedWeights(prepared_model, decay),
        fingerprint=fingerprint(splits),
        keypoint_space=(splits.space.width, splits.space.height) if splits.space else None,
        layout=splits.layout,
    )
