"""Training a run from its directory: the spine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from slt_engine.checkpoint import keep_as_best
from slt_engine.reporter import Reporter
from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.lock import keep_lock
from slt_engine.train.loop import train_epoch
from slt_engine.train.prepare import USER_ERRORS, Work, prepare
from slt_engine.train.rows import epoch_row
from slt_engine.train.state import Position, restore_state, save_state
from slt_engine.train.validate import validate


def train(path: Path, *, resume: bool) -> int:
    """Train the run in ``path``; gives the exit code: 0 done or stopped by file, 1 failed, 2 wrong use, 130, 143."""
    try:
        run = RunDir.open(path)
        if run.status.exists() and not resume:
            raise RunError(
                f"{path}: holds a run already; continue it with --resume, or choose another directory"
            )
        if resume and not run.last.is_file():
            raise RunError(f"{run.last}: missing, so there is nothing to go on from; start anew elsewhere")
        lock_fd = keep_lock(run)
    except RunError as error:
        print(error, file=sys.stderr)
        return 2
    with Reporter(run) as reporter:
        try:
            work = prepare(run, reporter, resume=resume)
            position = restore_state(run, work.parts) if resume else begin(run, work)
            if resume and work.is_done(position):
                reporter.note("nothing is left to train: raise training.epochs or training.max_train_steps")
            epoch = min(position.epoch, work.config.training.epochs)
            reporter.training(epoch=epoch, step=position.step, best=position.best)
            while not reporter.should_stop and not work.is_done(position):
                train_one_epoch(run, work, position, reporter)
        except USER_ERRORS as error:
            reporter.fail(error)
    os.close(lock_fd)
    return reporter.exit_code


def begin(run: RunDir, work: Work) -> Position:
    """The start, saved: a run that is killed before its first epoch ends can be resumed all the same."""
    position = Position()
    save_state(run, work.parts, position)
    return position


def train_one_epoch(run: RunDir, work: Work, position: Position, reporter: Reporter) -> None:
    """Train the epoch that ``position`` stands in to its end, validate, report, save; sooner when asked to stop."""
    plan = work.plan(position.epoch)
    train_epoch(work.loop, position, work.training_batches(plan, start=position.batch), reporter)
    with work.parts.as_scored():
        val = (
            None
            if reporter.should_stop
            else validate(work.validation, reporter, decoded=work.decodes(position))
        )
    if val is None:
        save_state(run, work.parts, position)
        return
    position.validated = True
    improved = position.take(val, work.best_metric)
    row = epoch_row(
        epoch=position.epoch,
        step=position.step,
        tally=position.tally,
        val=val,
        rate=work.parts.optimizer.param_groups[0]["lr"],
        best=position.best,
        improved=improved,
        forcing=work.loop.forcing.record(position.epoch),
    )
    reporter.epoch(row, best=position.best)
    if position.batch >= len(plan):
        position.next_epoch()
    save_state(run, work.parts, position)
    reporter.event("checkpoint", path=run.last.name)
    if improved:
        keep_as_best(run.last, run.best)
        reporter.event("checkpoint", path=run.best.name)
