"""Training a run from its directory: the spine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from slt_engine.checkpoint import keep_as_best
from slt_engine.config import config_from_document
from slt_engine.config.home import cache_home
from slt_engine.reporter import Reporter, one_line
from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.lock import keep_lock
from slt_engine.train.board import Board
from slt_engine.train.followers import die_with_leader, meet_processes, rank
from slt_engine.train.loop import train_epoch
from slt_engine.train.observer import Follower, Observer
from slt_engine.train.prepare import USER_ERRORS, Work, prepare
from slt_engine.train.processes import Processes
from slt_engine.train.rows import epoch_row
from slt_engine.train.state import Position, restore_state, save_state
from slt_engine.train.validate import validate


def train(path: Path, *, resume: bool) -> int:
    """Train the run in ``path``; gives the exit code: 0 done or stopped by file, 1 failed, 2 wrong use, 130, 143.

    With training.processes above 1 this process starts the others. Started by torchrun or Accelerate as one of several,
    it leads or follows as they say.
    """
    if rank() > 0:
        return follow(path, resume=resume)
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
            count = config_from_document(run.read_config()).training.processes
            with meet_processes(path, count, resume=resume) as processes:
                train_to_the_end(run, reporter, processes, resume=resume)
        except USER_ERRORS as error:
            reporter.fail(error)
    os.close(lock_fd)
    return reporter.exit_code


def follow(path: Path, *, resume: bool) -> int:
    """Take part in the run in ``path`` as one of its further processes, which write nothing; 1 where that failed."""
    die_with_leader()
    with Follower() as follower, meet_processes(path, 1, resume=resume) as processes:
        try:
            train_to_the_end(RunDir.open(path), follower, processes, resume=resume)
        except Exception as error:
            processes.tell_failure(f"process {processes.rank} of {processes.count}: {one_line(error)}")
            if isinstance(error, USER_ERRORS):
                return 1
            raise
    return 0


def train_to_the_end(run: RunDir, observer: Observer, processes: Processes, *, resume: bool) -> None:
    """Prepare, and train until the last epoch is done or somebody asks to stop."""
    work = prepare(run, observer, processes, resume=resume, cache=cache_home())
    position = restore_state(run, work.parts, warn=observer.warn) if resume else begin(run, work)
    if resume and work.is_done(position):
        observer.note("nothing is left to train: raise training.epochs or training.max_train_steps")
    if work.config.training.tensorboard and processes.leads:
        observer.show_on(Board(run.tensorboard, step=position.step))
    epoch = min(position.epoch, work.config.training.epochs)
    observer.training(epoch=epoch, step=position.step, best=position.best)
    while not processes.stop(observer) and not work.is_done(position):
        train_one_epoch(run, work, position, observer)


def begin(run: RunDir, work: Work) -> Position:
    """The start, saved: a run that is killed before its first epoch ends can be resumed all the same."""
    position = Position()
    save_state(run, work.parts, position)
    return position


def train_one_epoch(run: RunDir, work: Work, position: Position, observer: Observer) -> None:
    """Train the epoch that ``position`` stands in to its end, validate, report, save; sooner when asked to stop."""
    plan = work.plan(position.epoch)
    batches = work.training_batches(plan, epoch=position.epoch, start=position.batch)
    train_epoch(work.loop, position, batches, observer)
    with work.parts.as_scored():
        val = (
            None
            if work.parts.processes.stop(observer)
            else validate(work.validation, observer, decoded=work.decodes(position))
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
    observer.epoch(row, best=position.best)
    if position.batch >= len(plan):
        position.next_epoch()
    save_state(run, work.parts, position)
    observer.event("checkpoint", path=run.last.name)
    if improved and work.parts.processes.leads:
        keep_as_best(run.last, run.best)
        observer.event("checkpoint", path=run.best.name)
