"""How long an epoch and a run would take, from a few batches; what frozen backbones cost is added once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from slt_engine.batch import Batch
from slt_engine.data.collate import collate
from slt_engine.data.dataset import ClipDataset
from slt_engine.features import feature_caches, with_features
from slt_engine.losses import compute_losses
from slt_engine.train.prepare import Work


def keep_features(work: Work, home: Path, *, warn: Callable[[str], None]) -> ClipDataset:
    """The training clips as epochs after the first read them: features of frozen backbones are kept in ``home``."""
    model = work.parts.accelerator.unwrap_model(work.parts.model)
    return work.splits.train.with_features(feature_caches(model, home=home, warn=warn))


def read_batch(work: Work, dataset: ClipDataset, clips: Sequence[int]) -> Batch:
    """On the device, with the features of frozen backbones."""
    return _compute(work, _read(work, dataset, clips))


def time_reading(work: Work, dataset: ClipDataset, clips: Sequence[int]) -> float:
    """Seconds that one process takes to read a batch whose features are in the cache of ``dataset``."""
    read_batch(work, dataset, clips)  # they are from here on
    began = perf_counter()
    read_batch(work, dataset, clips)
    return perf_counter() - began


def time_features(work: Work, clips: Sequence[int], *, reading_s: float) -> float:
    """Seconds that a run with an empty cache takes longer: all crops are decoded and seen by frozen backbones once."""
    began = perf_counter()
    batch = _read(work, work.splits.train, clips)
    decoded_s = perf_counter() - began
    if not batch.uncomputed:
        return 0.0
    began = perf_counter()
    _compute(work, batch)
    wait()
    computed_s = perf_counter() - began
    decoding_s = max(0.0, decoded_s - reading_s) / max(1, work.config.data.num_workers)
    share = min(1.0, work.planned_steps() / _steps_per_epoch(work))
    seen = share * len(work.splits.train) + len(work.splits.val)
    return (computed_s + decoding_s) * seen / len(clips)


@torch.no_grad()
def time_validation(work: Work) -> float:
    """Seconds that the losses of the validation set take; of decoding nothing is known before training."""
    validation = work.validation
    validation.model.eval()
    batch = _compute(work, next(validation.batches()).to(validation.accelerator.device))
    wait()
    began = perf_counter()
    with validation.accelerator.autocast():
        compute_losses(validation.model(batch), batch, validation.weights)
    wait()
    return (perf_counter() - began) * math.ceil(len(work.splits.val) / len(batch))


def estimate(
    work: Work, *, step_s: float, reading_s: float, features_s: float, validation_s: float
) -> dict[str, Any]:
    """How long an epoch after the first and the run would take, decoding not counted."""
    steps, steps_per_epoch = work.planned_steps(), _steps_per_epoch(work)
    waited_s = reading_s * work.config.training.grad_accum_steps
    if work.config.data.num_workers and not work.splits.train.in_memory:
        waited_s = max(0.0, waited_s / work.config.data.num_workers - step_s)
    epochs = math.ceil(steps / steps_per_epoch)
    each_s = step_s + waited_s
    return {
        "steps_per_epoch": steps_per_epoch,
        "steps": steps,
        "epochs": epochs,
        "epoch_s": steps_per_epoch * each_s + validation_s,
        "features_s": features_s,
        "run_s": steps * each_s + epochs * validation_s + features_s,
    }


def wait() -> None:
    """Until the GPU has done what it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _steps_per_epoch(work: Work) -> int:
    return math.ceil(len(work.plan(1)) / work.config.training.grad_accum_steps)


def _read(work: Work, dataset: ClipDataset, clips: Sequence[int]) -> Batch:
    """Features that no cache has are still to be computed."""
    samples = work.changes(1).read(dataset, clips, range(len(clips)), batch=0)
    return collate(samples).to(work.parts.accelerator.device)


def _compute(work: Work, batch: Batch) -> Batch:
    return with_features(work.parts.accelerator.unwrap_model(work.parts.model), batch)
