"""The lock of a run: inherited by the supervisor and the trainer, it lives as long as either."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time

from slt_engine.run.directory import RunDir, RunError

LOCK_FD_VARIABLE = "SLT_RUN_LOCK_FD"
LEAVES_S = 0.5  # a supervisor that has told the end is gone, and its lock with it, well within this

_HELD = (errno.EWOULDBLOCK, errno.EACCES)


def take_lock(run: RunDir) -> int:
    """An inheritable descriptor that holds the run's lock until its last copy is closed.

    Makes the directory if need be. Raises RunError where another starter or trainer holds it.
    """
    try:
        run.path.mkdir(parents=True, exist_ok=True)
        fd = os.open(run.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as refusal:
        raise RunError(
            f"{run.path}: cannot be written to ({refusal.strerror}); choose another --work-dir"
        ) from refusal
    deadline = time.monotonic() + LEAVES_S
    while (error := _try(fd)) is not None:
        if error.errno not in _HELD or time.monotonic() > deadline:
            os.close(fd)
            raise RunError(_why_refused(run, error))
        time.sleep(0.01)
    os.set_inheritable(fd, True)
    return fd


def keep_lock(run: RunDir) -> int:
    """The lock as the trainer needs it: the inherited one, or, started by hand, its own. Raises RunError."""
    inherited = os.environ.get(LOCK_FD_VARIABLE, "")
    if inherited.isdigit() and _is_lock_of(run, int(inherited)):
        return int(inherited)
    return take_lock(run)


def _is_lock_of(run: RunDir, fd: int) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(fd), run.lock.stat())
    return False


def _try(fd: int) -> OSError | None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error
    return None


def _why_refused(run: RunDir, error: OSError) -> str:
    if error.errno in _HELD:
        return f"{run.path}: another process is training here; `slt runs show {run.path}` says which"
    return f"{run.lock}: cannot be locked ({error.strerror}); choose a --work-dir on a file system with flock"
