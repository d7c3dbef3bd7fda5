"""The lock of a run: inherited by the supervisor and the trainer, it lives as long as either."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os

from slt_engine.run.directory import RunDir, RunError

LOCK_FD_VARIABLE = "SLT_RUN_LOCK_FD"


def take_lock(run: RunDir) -> int:
    """An inheritable descriptor that holds the run's lock until its last copy is closed.

    Makes the directory if need be. Raises RunError where another starter or trainer holds it.
    """
    run.path.mkdir(parents=True, exist_ok=True)
    fd = os.open(run.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(fd)
        raise RunError(_why_refused(run, error)) from None
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


def _why_refused(run: RunDir, error: OSError) -> str:
    if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
        return f"{run.path}: another process is training here; `slt runs show {run.path}` says which"
    return f"{run.lock}: cannot be locked ({error.strerror}); choose a --work-dir on a file system with flock"
