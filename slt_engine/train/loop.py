"""One epoch of training: batches in, optimizer steps out."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from slt_engine.batch import Batch
from slt_engine.features import with_features
from slt_engine.losses import Losses, LossWeights, as_part_of, compute_losses, count_units
from slt_engine.reporter import Listener
from slt_engine.run.directory import RunDir
from slt_engine.train.forcing import TeacherForcing
from slt_engine.train.observer import Observer
from slt_engine.train.optim import Schedule
from slt_engine.train.state import Parts, Position, save_state
from slt_engine.train.tally import Tally


class NonFiniteLossError(Exception):
    """A loss or gradient was NaN or infinite, and the run was asked to stop at one."""


@dataclass(frozen=True)
class Loop:
    """What a step needs besides the batch; plain values of the settings."""

    run: RunDir
    parts: Parts
    schedule: Schedule
    weights: LossWeights
    forcing: TeacherForcing
    grad_accum_steps: int
    clip_grad_norm: float | None
    nonfinite: str
    log_every_steps: int
    checkpoint_every_steps: int | None
    max_train_steps: int | None


def train_epoch(loop: Loop, position: Position, batches: Iterator[Batch], observer: Observer) -> None:
    """Train from ``position`` to the end of the epoch, the last step asked for, or a request to stop.

    Raises NonFiniteLossError where ``nonfinite`` is ``stop``.
    """
    loop.parts.model.train()
    while position.step != loop.max_train_steps and not loop.parts.processes.stop(observer):
        began = time.perf_counter()
        group = list(itertools.islice(batches, loop.grad_accum_steps))
        if not group:
            return
        waited_s = time.perf_counter() - began
        position.step, position.validated = position.step + 1, False
        loop.schedule.apply(loop.parts.optimizer, step=position.step, epoch=position.epoch)
        tally, grad_norm = train_step(loop, group, position, observer)
        position.batch += len(group)
        took_s = time.perf_counter() - began
        _count(position.tally, tally, took_s=took_s, waited_s=waited_s)
        observer.progress(epoch=position.epoch, step=position.step)
        if position.step % loop.log_every_steps == 0 or position.step == 1:
            observer.step(
                _step_row(loop, position, tally, grad_norm=grad_norm, took_s=took_s, waited_s=waited_s)
            )
        if loop.checkpoint_every_steps and position.step % loop.checkpoint_every_steps == 0:
            save_state(loop.run, loop.parts, position)
            observer.event("checkpoint", path=loop.run.last.name)


def train_step(
    loop: Loop, group: Sequence[Batch], position: Position, listener: Listener
) -> tuple[Tally, float | None]:
    """One optimizer step over the batches of ``group``, of all processes, as over one batch that held them all.

    Gives the step's own sums and the norm of the gradient; None where a non-finite step was skipped, which leaves
    nothing in running statistics either.
    """
    accelerator, optimizer, processes = loop.parts.accelerator, loop.parts.optimizer, loop.parts.processes
    whole = processes.add_up_named(count_units(group, loop.weights))
    counted: list[tuple[Batch, Losses]] = []
    kept = _keep_buffers(loop)
    for batch in group:
        read_BL = loop.forcing.draw(batch, epoch=position.epoch)
        there = with_features(accelerator.unwrap_model(loop.parts.model), batch.to(accelerator.device))
        with accelerator.autocast():
            output = loop.parts.model(there, read_BL)
            losses = compute_losses(output, there, loop.weights)
        counted.append((batch, losses))
        accelerator.backward(as_part_of(losses, whole))
    processes.add_gradients(_parameters(loop))
    tally = Tally()
    tally.add_all(counted)
    tally.add_up(processes)
    grad_norm = _clip(loop)
    if not _finite(loop, tally, grad_norm):
        _tell_nonfinite(loop, group, tally, position, listener)
        if accelerator.scaler is not None:
            accelerator.scaler.update()  # gradients were unscaled, and a step must end before the next is
        optimizer.zero_grad()
        _put_back(kept)
        return Tally(), None
    optimizer.step()
    optimizer.zero_grad()
    if loop.parts.averaged is not None:
        loop.parts.averaged.update(step=position.step)
    return tally, grad_norm


def _parameters(loop: Loop) -> list[nn.Parameter]:
    return [p for group in loop.parts.optimizer.param_groups for p in group["params"]]


def _keep_buffers(loop: Loop) -> list[tuple[Tensor, Tensor]]:
    """Each buffer and its values before a step that may be skipped: a forward pass moves running statistics."""
    if loop.nonfinite != "skip":
        return []
    return [(buffer, buffer.clone()) for buffer in loop.parts.model.buffers()]


@torch.no_grad()
def _put_back(kept: Sequence[tuple[Tensor, Tensor]]) -> None:
    for buffer, values in kept:
        buffer.copy_(values)


def _clip(loop: Loop) -> float:
    accelerator, optimizer = loop.parts.accelerator, loop.parts.optimizer
    parameters = _parameters(loop)
    if loop.clip_grad_norm is not None:
        return float(accelerator.clip_grad_norm_(parameters, loop.clip_grad_norm))
    accelerator.unscale_gradients(optimizer)
    return float(nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None]))


def _finite(loop: Loop, tally: Tally, grad_norm: float) -> bool:
    """With a gradient scaler an infinite gradient is its daily bread: it skips the step and lowers the scale."""
    losses_finite = all(math.isfinite(value) for value in tally.sums.values())
    return losses_finite and (loop.parts.accelerator.scaler is not None or math.isfinite(grad_norm))


def _tell_nonfinite(
    loop: Loop, group: Sequence[Batch], tally: Tally, position: Position, listener: Listener
) -> None:
    terms = [name for name, value in tally.sums.items() if not math.isfinite(value)]
    what = ", ".join(name for name in terms if not name.endswith("_weighted")) or "the gradient"
    own = [clip for batch in group for clip in batch.clip_ids]
    clips = [clip for share in loop.parts.processes.gather(own) for clip in share]
    shown = ", ".join(clips[:8]) + (f" and {len(clips) - 8} more" if len(clips) > 8 else "")
    message = f"step {position.step}: {what} is not finite; clips {shown}"
    if loop.nonfinite == "stop":
        raise NonFiniteLossError(
            f"{message}; start anew with a lower --lr or --clip-grad-norm, or with --nonfinite skip"
        )
    if loop.parts.processes.leads:
        listener.warn(f"{message}; step skipped")


def _count(epoch: Tally, step: Tally, *, took_s: float, waited_s: float) -> None:
    epoch.merge(step)
    if step.clips:
        epoch.step_losses.append(step.terms()["loss"])
    epoch.step_times_s.append(took_s)
    epoch.data_wait_s += waited_s
    epoch.elapsed_s += took_s


def _step_row(
    loop: Loop, position: Position, tally: Tally, *, grad_norm: float | None, took_s: float, waited_s: float
) -> dict[str, object]:
    return {
        "step": position.step,
        "epoch": position.epoch,
        **tally.terms(),
        "perplexity": tally.perplexity,
        "teacher_forcing": loop.forcing.ratio_of(position.epoch),
        "lr": loop.parts.optimizer.param_groups[0]["lr"],
        "grad_norm": grad_norm,
        "tokens": tally.tokens,
        "frames": tally.frames,
        "samples_per_s": tally.clips / took_s,
        "data_wait_s": waited_s,
    }
