"""Ending a run: the stop file, SIGINT, SIGTERM, and SIGKILL, which waits for a checkpoint being written."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.process import ProcessId
from slt_engine.run.standing import Standing, standing

POLL_S = 0.1
SETTLED_S = 3.0  # a file that did not change for so long is not being written
CHECKPOINT_S = 600.0  # SIGKILL waits no longer than this for a checkpoint
DIES_S = 10.0  # after SIGKILL

Step = Callable[[RunDir], object]


def request_stop(run: RunDir) -> None:
    """Ask for an end after the step at hand, with a checkpoint; works from another machine too."""
    run.stop.touch()


def signal_trainer(run: RunDir, number: signal.Signals) -> bool:
    """Send SIGINT or SIGTERM to the trainer; whether there was one.

    To it alone: its data workers are needed to finish the step. Raises RunError from another machine.
    """
    trainer = _trainer_here(run)
    if trainer is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(trainer.pid, number)
    return True


def kill_run(run: RunDir) -> bool:
    """SIGKILL to the trainer's process group, once no checkpoint is being written; whether there was one."""
    _let_checkpoints_finish(run)
    trainer = _trainer_here(run)
    if trainer is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(trainer.pid) == trainer.pid:
            os.killpg(trainer.pid, signal.SIGKILL)
        else:  # started by hand, in the group of somebody's script
            os.kill(trainer.pid, signal.SIGKILL)
    return True


def stop_run(run: RunDir, timeout_s: float, *, tell: Callable[[str], None] | None = None) -> Standing:
    """End the run: stop file, SIGINT, SIGTERM, SIGKILL, each ``timeout_s`` after the one before."""
    return _escalate(run, _STEPS, timeout_s, tell or _say_nothing)


def force_end(run: RunDir, timeout_s: float, *, tell: Callable[[str], None] | None = None) -> Standing:
    """End the run by signals alone: SIGINT, SIGTERM, SIGKILL, each ``timeout_s`` after the one before."""
    return _escalate(run, _STEPS[1:], timeout_s, tell or _say_nothing)


def _escalate(
    run: RunDir, steps: Sequence[tuple[str, Step]], timeout_s: float, tell: Callable[[str], None]
) -> Standing:
    now = standing(run)
    for name, act in steps:
        if now.is_over or now.process is None:
            break
        tell(f"asking {run.path} to end with {name}")
        act(run)
        now = wait_until_over(run, DIES_S if name == "SIGKILL" else timeout_s)
    if now.is_over:
        run.stop.unlink(missing_ok=True)
    return now


def wait_until_over(run: RunDir, timeout_s: float) -> Standing:
    """Where the run stands when it has ended, or when the time is up."""
    deadline = time.monotonic() + timeout_s
    while True:
        now = standing(run)
        if now.is_over or time.monotonic() >= deadline:
            return now
        time.sleep(POLL_S)


def _trainer_here(run: RunDir) -> ProcessId | None:
    """The living trainer."""
    trainer = standing(run).process
    if trainer is None:
        return None
    if not trainer.is_here():
        raise RunError(f"{run.path}: runs on {trainer.host}; only the stop file reaches it from here")
    return trainer if trainer.is_alive() else None


def _let_checkpoints_finish(run: RunDir) -> None:
    deadline, seen, settled = time.monotonic() + CHECKPOINT_S, _being_written(run), time.monotonic()
    while seen and time.monotonic() < min(deadline, settled + SETTLED_S):
        time.sleep(POLL_S)
        if (latest := _being_written(run)) != seen:
            seen, settled = latest, time.monotonic()


def _being_written(run: RunDir) -> dict[Path, tuple[int, int]]:
    """Size and time of what stands beside the checkpoints, to be renamed when it is complete."""
    found = {}
    for path in run.path.glob("*.pt*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            stat = path.stat()
            found[path] = (stat.st_size, stat.st_mtime_ns)
    return found


def _say_nothing(_: str) -> None:
    return


_STEPS: tuple[tuple[str, Step], ...] = (
    ("the stop file", request_stop),
    ("SIGINT", lambda run: signal_trainer(run, signal.SIGINT)),
    ("SIGTERM", lambda run: signal_trainer(run, signal.SIGTERM)),
    ("SIGKILL", lambda run: kill_run(run)),
)
