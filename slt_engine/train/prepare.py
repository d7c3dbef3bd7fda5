"""From a run's settings to what training works with: data, model, optimizer, schedule, validation."""

from __future__ import annotations

import math
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from slt_engine.batch import Batch
from slt_engine.checkpoint import CheckpointError
from slt_engine.clips.errors import DataError
from slt_engine.config import Config, ConfigError, config_from_document
from slt_engine.data.batches import Plan, plan_batches
from slt_engine.data.changes import Changes
from slt_engine.data.dataset import ClipDataset
from slt_engine.data.feature_cache import features_home
from slt_engine.data.loader import batches
from slt_engine.data.packing import packs_home
from slt_engine.data.splits import Splits
from slt_engine.device import DeviceError, open_accelerator
from slt_engine.evaluate.decode import DecodeOptions
from slt_engine.features import feature_caches
from slt_engine.losses import LossWeights
from slt_engine.model.backbones import load_backbone
from slt_engine.model.build import build_model, count_parameters, gloss_rate
from slt_engine.model.build_frames import outlined
from slt_engine.model.errors import ModelError
from slt_engine.opening import let_own_classes_be_found, open_run_data, positive_seed, training_changes
from slt_engine.reporter import Listener
from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.files import replace_json
from slt_engine.train.assemble import assemble
from slt_engine.train.best_metric import check_best_metric, decoded_clips
from slt_engine.train.forcing import TeacherForcing
from slt_engine.train.initial import start_from
from slt_engine.train.loop import Loop, NonFiniteLossError
from slt_engine.train.optim import Schedule
from slt_engine.train.processes import ALONE, ProcessError, Processes
from slt_engine.train.state import Parts, Position
from slt_engine.train.validate import SAMPLES, Validation

USER_ERRORS = (
    DataError,
    ModelError,
    DeviceError,
    CheckpointError,
    ConfigError,
    RunError,
    NonFiniteLossError,
    ProcessError,
)


@dataclass(frozen=True)
class Work:
    """Everything that the epochs share."""

    config: Config
    splits: Splits
    parts: Parts
    loop: Loop
    validation: Validation

    @property
    def best_metric(self) -> str:
        return self.config.derived().best_metric

    def plan(self, epoch: int) -> Plan:
        """The epoch's batches: a pure function of the seed and the epoch."""
        data = self.config.data
        return plan_batches(
            self.changes(epoch).lengths(self.splits.train),
            batch_size=data.batch_size,
            frames_per_batch=data.frames_per_batch,
            seed=positive_seed(self.config.training.seed),
            epoch=epoch,
        )

    def changes(self, epoch: int) -> Changes:
        """What is done to the epoch's clips and batches: a pure function of the seed, the epoch and each of them."""
        return training_changes(self.config, epoch=epoch)

    def training_batches(self, plan: Plan, *, epoch: int, start: int) -> Iterator[Batch]:
        """The batches of the epoch's ``plan`` from position ``start`` on."""
        data = self.config.data
        return batches(
            self.splits.train,
            plan,
            start=start,
            share=self.parts.processes.share,
            num_workers=data.num_workers,
            pin_memory=data.pin_memory,
            changes=self.changes(epoch),
        )

    def planned_steps(self) -> int:
        """Optimizer steps of the whole run; with a frame budget epochs may differ by a few."""
        training = self.config.training
        steps = math.ceil(len(self.plan(1)) / training.grad_accum_steps) * training.epochs
        return min(steps, training.max_train_steps or steps)

    def decodes(self, position: Position) -> bool:
        """Whether the epoch that ends here is decoded; the last one always is, unless none is."""
        training = self.config.training
        every = training.decode_every
        last = position.epoch == training.epochs or position.step == training.max_train_steps
        return every > 0 and (position.epoch % every == 0 or last)

    def is_done(self, position: Position) -> bool:
        """Whether the last epoch, the last step or the end of patience has been reached."""
        training = self.config.training
        patience = training.early_stopping_patience
        return (
            position.epoch > training.epochs
            or (
                training.max_train_steps is not None
                and position.step >= training.max_train_steps
                and position.validated
            )
            or (patience is not None and position.stale >= patience)
        )


def prepare(
    run: RunDir,
    reporter: Listener,
    processes: Processes = ALONE,
    *,
    resume: bool = False,
    cache: Path | None = None,
) -> Work:
    """Open the data, build the model and everything that trains it; what is worth knowing goes to the log.

    A run that is resumed has its weights in last.pt and needs its initial ones no more. Packed clips and the
    features of frozen backbones are kept under ``cache``, nowhere without it.
    """
    config = config_from_document(run.read_config())
    seed_everything(config.training.seed)
    accelerator = open_accelerator(config.training.device, config.training.precision, notice=reporter.note)
    with processes.leader_first():
        splits = open_run_data(config, run)
        if cache is not None:
            splits = splits.with_packs(packs_home(cache), notice=reporter.note)
        if processes.leads:
            keep_vocabularies(run, splits)
    for note in splits.notes:
        reporter.warn(note)
    if config.data.flip_probability:
        splits.train.check_mirror()
    if crowded := count_crowded(splits.train, gloss_rate(config)) if config.model.mska_ctc_weight else 0:
        reporter.warn(
            f"train: {crowded} of {len(splits.train)} clips have more glosses than the encoder leaves them frames; "
            "CTC passes them over"
        )
    let_own_classes_be_found(run)
    model = build_model(
        config,
        layout=splits.layout,
        tokenizer=splits.tokenizer,
        gloss_names=splits.gloss_names,
        notice=reporter.note,
        open_backbone=outlined if resume else load_backbone,
    )
    if not resume:
        start_from(model, config, run, reporter)
    reporter.note(
        f"{len(splits.train):,} clips to train on, {len(splits.val):,} to validate; "
        f"{count_parameters(model):,} parameters; {accelerator.device}, {config.training.precision}, "
        f"{torch.get_num_threads()} threads"
        + (f", {processes.count} processes" if processes.count > 1 else "")
    )
    splits = splits.with_features(
        feature_caches(model, home=features_home(cache) if cache else None, warn=reporter.warn)
    )
    parts = assemble(config, splits, model, accelerator, processes)
    work = Work(config, splits, parts, _loop(config, run, parts), _validation(config, splits, parts))
    check_best_metric(config, decoded_clips(config, splits))
    reporter.plan(epochs=config.training.epochs, steps=work.planned_steps())
    return work


def count_crowded(dataset: ClipDataset, rate: int = 1) -> int:
    """Clips whose glosses do not fit in every ``rate``-th of their frames, with a blank between equal neighbours."""
    return sum(
        len(glosses) + sum(a == b for a, b in pairwise(glosses)) > math.ceil(frames / rate)
        for clip, frames in zip(dataset.clips, dataset.lengths, strict=True)
        if (glosses := clip.glosses)
    )


def keep_vocabularies(run: RunDir, splits: Splits) -> None:
    """Tokenizer and glosses, once: whole or not at all, and never other ones under the same weights."""
    if not run.tokenizer.is_dir():
        beside = run.tokenizer.with_name("tokenizer.tmp")
        shutil.rmtree(beside, ignore_errors=True)
        splits.tokenizer.save_pretrained(beside)
        beside.rename(run.tokenizer)
    if not run.glosses.is_file():
        replace_json(run.glosses, splits.gloss_names)


def seed_everything(seed: int) -> None:
    """Python's, NumPy's and torch's generators."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed % 2**64)


def _loss_weights(config: Config) -> LossWeights:
    model = config.model
    return LossWeights(
        translation=model.mska_translation_weight,
        ctc=model.mska_ctc_weight,
        distillation=model.mska_distillation_weight,
        temperature=model.mska_distillation_temperature,
        detach_teacher=model.mska_detach_teacher,
        label_smoothing=config.optim.label_smoothing,
        summed=model.use_mska and model.mska_encoder == "paper",
    )


def _loop(config: Config, run: RunDir, parts: Parts) -> Loop:
    optim, training = config.optim, config.training
    return Loop(
        run=run,
        parts=parts,
        schedule=Schedule(
            name=optim.scheduler,
            warmup_steps=optim.warmup_steps,
            step_size=optim.scheduler_step_size,
            gamma=optim.scheduler_gamma,
            tmax=config.derived().scheduler_tmax,
        ),
        weights=_loss_weights(config),
        forcing=TeacherForcing(
            mode=training.teacher_forcing_mode,
            ratio=training.teacher_forcing_ratio,
            min_ratio=training.teacher_forcing_min_ratio,
            decay=training.teacher_forcing_decay,
            seed=positive_seed(training.seed),
        ),
        grad_accum_steps=training.grad_accum_steps,
        clip_grad_norm=optim.clip_grad_norm,
        nonfinite=training.nonfinite,
        log_every_steps=training.log_every_steps,
        checkpoint_every_steps=training.checkpoint_every_steps,
        max_train_steps=training.max_train_steps,
    )


def _validation(config: Config, splits: Splits, parts: Parts) -> Validation:
    data, training, derived = config.data, config.training, config.derived()
    decoded = decoded_clips(config, splits)

    def read(dataset: ClipDataset) -> Iterator[Batch]:
        plan = plan_batches(
            dataset.lengths,
            batch_size=derived.val_batch_size,
            frames_per_batch=data.frames_per_batch,
            shuffle=False,
        )[parts.processes.rank :: parts.processes.count]
        return batches(dataset, plan, num_workers=data.num_workers, pin_memory=data.pin_memory)

    return Validation(
        model=parts.model,
        accelerator=parts.accelerator,
        processes=parts.processes,
        weights=_loss_weights(config),
        batches=partial(read, splits.val),
        decoded_batches=partial(read, decoded),
        sampled_clips=[clip.clip_id for clip in decoded.clips[:SAMPLES]],
        tokenizer=splits.tokenizer,
        gloss_names=splits.gloss_names,
        options=DecodeOptions(
            num_beams=training.num_beams,
            ctc_num_beams=training.ctc_num_beams,
            length_penalty=training.length_penalty,
            max_new_tokens=derived.max_new_tokens,
        ),
    )
