"""Where a training stands: everything that last.pt carries, saved and restored."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn

from slt_engine.checkpoint import (
    CheckpointError,
    keep_as_best,
    load_checkpoint,
    load_weights,
    random_state,
    restore_random_state,
    save_checkpoint,
)
from slt_engine.clips.layout_record import record_layout
from slt_engine.clips.layouts import Layout
from slt_engine.data.splits import Splits
from slt_engine.model.mska.growth import enlarge_moments, enlarge_weights
from slt_engine.run.directory import RunDir
from slt_engine.run.record import Best
from slt_engine.train.averaging import AveragedWeights
from slt_engine.train.processes import Processes
from slt_engine.train.tally import Tally

HIGHER = ("bleu", "chrf")  # scores of which more is better; of losses and error rates less is


@dataclass
class Position:
    """The epoch (from 1), how many of its batches are done, the optimizer steps so far, and the best score."""

    epoch: int = 1
    batch: int = 0
    step: int = 0
    best: Best | None = None
    validated: bool = True
    """Whether every step so far is in a row of metrics.jsonl."""
    stale: int = 0
    """Epochs without a better score."""
    tally: Tally = field(default_factory=Tally)

    def take(self, val: dict[str, Any], metric: str) -> bool:
        """Take an epoch's validation; gives whether its ``metric`` is the best so far.

        An epoch that was not decoded has no text scores and changes nothing.
        """
        value = val.get(metric)
        if value is None:
            return False
        beats = self.best is None or (
            value > self.best["value"] if metric in HIGHER else value < self.best["value"]
        )
        better = math.isfinite(value) and beats
        self.stale = 0 if better else self.stale + 1
        if better:
            self.best = {"metric": metric, "value": value, "epoch": self.epoch}
        return better

    @property
    def is_best(self) -> bool:
        """Whether it stands at the end of the best epoch."""
        return self.best is not None and self.batch == 0 and self.best["epoch"] == self.epoch - 1

    def next_epoch(self) -> None:
        """Move to the start of the next epoch."""
        self.epoch, self.batch, self.tally = self.epoch + 1, 0, Tally()


@dataclass(frozen=True)
class Parts:
    """What a checkpoint is made of, besides the position."""

    accelerator: Accelerator
    model: nn.Module
    optimizer: torch.optim.Optimizer
    processes: Processes
    averaged: AveragedWeights | None
    """What the model is scored with, where that is not what it trains on."""
    fingerprint: str
    """Of the data: clips, their lengths, glosses; a resumed run must find the same."""
    keypoint_space: tuple[float, float] | None
    """What keypoint files that do not tell are counted in; scoring reads them the same way."""
    layout: Layout | None
    """Of the keypoints in a batch; scoring builds their encoder from it where the files are gone."""

    def as_scored(self) -> AbstractContextManager[None]:
        """The model with the weights that it is scored with."""
        return nullcontext() if self.averaged is None else self.averaged.in_place()


def save_state(run: RunDir, parts: Parts, position: Position) -> None:
    """Write last.pt: weights and their averages, optimizer, scaler, random state, position and running sums.

    All processes ask for it, the one that leads writes.
    """
    scaler = parts.accelerator.scaler
    random, *others = parts.processes.gather(random_state())
    if not parts.processes.leads:
        return
    save_checkpoint(
        run.last,
        {
            "model": parts.accelerator.unwrap_model(parts.model).state_dict(),
            "averaged": None if parts.averaged is None else parts.averaged.state(),
            "optimizer": parts.optimizer.state_dict(),
            "scaler": scaler.state_dict() if scaler is not None else None,
            "random": random,
            "random_of_others": others,
            "threads": torch.get_num_threads(),
            "fingerprint": parts.fingerprint,
            "keypoint_space": parts.keypoint_space,
            "layout": record_layout(parts.layout) if parts.layout else None,
            "trained_epoch": position.epoch if position.batch else position.epoch - 1,
            "epoch": position.epoch,
            "batch": position.batch,
            "step": position.step,
            "best": position.best,
            "validated": position.validated,
            "stale": position.stale,
            "tally": position.tally.state(),
        },
    )


def restore_state(run: RunDir, parts: Parts, *, warn: Callable[[str], None]) -> Position:
    """Put model, optimizer, scaler and random state back to where last.pt left them; ``warn`` is told of new joints.

    Raises CheckpointError.
    """
    state = load_checkpoint(run.last)
    if state["fingerprint"] != parts.fingerprint:
        raise CheckpointError(
            f"{run.last}: the clips, their lengths or the glosses are not those that this run began with; put them "
            "back, or start a new run with --init-checkpoint"
        )
    model = parts.accelerator.unwrap_model(parts.model)
    for note in load_weights(model, state["model"], run.last):
        warn(note)
    if parts.averaged is not None:
        averages = state.get("averaged")
        parts.averaged.restore(averages and enlarge_weights(averages, model.state_dict()).weights)
    parts.optimizer.load_state_dict(state["optimizer"])
    enlarge_moments(parts.optimizer, {p: state["model"][name].shape for name, p in model.named_parameters()})
    if parts.accelerator.scaler is not None and state["scaler"] is not None:
        parts.accelerator.scaler.load_state_dict(state["scaler"])
    _restore_random_state(state, parts.processes)
    position = Position(
        epoch=state["epoch"],
        batch=state["batch"],
        step=state["step"],
        best=state["best"],
        validated=state["validated"],
        stale=state["stale"],
        tally=Tally.restore(state["tally"]),
    )
    if parts.processes.leads and position.is_best:
        keep_as_best(run.last, run.best)  # it may have died between the two
    return position


def _restore_random_state(state: dict[str, Any], processes: Processes) -> None:
    """Every process's own where the run had as many; otherwise the first goes on and the others begin anew."""
    before = [state["random"], *state.get("random_of_others", [])]
    if len(before) == processes.count:
        torch.set_num_threads(state["threads"])
    if len(before) == processes.count or processes.leads:
        restore_random_state(before[processes.rank])
    else:
        torch.manual_seed(state["step"] * processes.count + processes.rank)


def fingerprint(splits: Splits) -> str:
    """A sha256 of what must be the same when a run is resumed: clips, their lengths, their labels, the glosses."""
    digest = hashlib.sha256(repr(splits.gloss_names).encode())
    for dataset in (splits.train, splits.val):
        for clip, length in zip(dataset.clips, dataset.lengths, strict=True):
            digest.update(repr((clip.clip_id, length, clip.labels, clip.glosses)).encode())
    return digest.hexdigest()
