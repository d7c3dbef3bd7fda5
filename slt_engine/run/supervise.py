"""The supervisor: a process of the standard library alone that runs a trainer and keeps its true exit code.

It leaves its terminal and its starter, so that nothing which happens to them reaches the run; when the
trainer ends, nothing of its process group stays. The trainer goes on if the supervisor dies.
Usage: python -m slt_engine.run.supervise RUN_DIR [--lock-fd N] -- COMMAND...
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType

from slt_engine.run.directory import RunDir
from slt_engine.run.lock import LOCK_FD_VARIABLE
from slt_engine.run.process import process_id, this_process
from slt_engine.run.status import Exit, write_exit

LEFTOVERS_S = 1.0  # what is left of the group may clean up (shared memory, say) so long before it is killed
DISK_FULL_S = 600  # exit.json is tried again for so long
CANNOT_RUN = 127  # as a shell says it
_PASSED_ON = (signal.SIGINT, signal.SIGTERM)  # held back until there is a trainer to pass them on to


def main(argv: Sequence[str] | None = None) -> None:
    """Leave the starter, run the command, and write what became of it to exit.json."""
    run, lock_fd, command = _arguments(argv)
    _leave_the_starter(run)
    _adopt_orphans()
    begun = _begun()
    signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    try:
        trainer = _spawn(command, lock_fd)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return _write_down(run, replace(begun, ended=time.time(), code=CANNOT_RUN))
    _pass_on_signals(trainer)
    begun = replace(begun, pid=trainer.pid, pid_started=process_id(trainer.pid).started)
    _write_down(run, begun)
    code = trainer.wait()
    _end_group(trainer.pid)
    killed_by = _signal_name(-code) if code < 0 else None
    return _write_down(
        run, replace(begun, ended=time.time(), code=None if killed_by else code, signal=killed_by)
    )


def _arguments(argv: Sequence[str] | None) -> tuple[RunDir, int | None, list[str]]:
    parser = argparse.ArgumentParser(prog="python -m slt_engine.run.supervise", description="Runs a trainer.")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--lock-fd", type=int)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(argv)
    return RunDir(options.run_dir.absolute()), options.lock_fd, options.command


def _leave_the_starter(run: RunDir) -> None:
    """A child of init in a session of its own: no terminal, output to the console log, deaf to SIGHUP."""
    if os.fork():
        os._exit(0)
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the trainer inherits it
    run.logs.mkdir(exist_ok=True)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    console = os.open(run.console_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.dup2(console, 1)
    os.dup2(console, 2)


def _adopt_orphans() -> None:
    """Make what the trainer leaves our children (Linux), so that we see it end."""
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        pr_set_child_subreaper = 36
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def _begun() -> Exit:
    me = this_process()
    return Exit(
        supervisor_pid=me.pid,
        supervisor_started=me.started,
        pid=0,
        pid_started=-1.0,
        boot_id=me.boot_id,
        host=me.host,
        started=time.time(),
    )


def _spawn(command: list[str], lock_fd: int | None) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
    if lock_fd is not None:
        environment[LOCK_FD_VARIABLE] = str(lock_fd)
    kept = () if lock_fd is None else (lock_fd,)
    return subprocess.Popen(
        command,
        start_new_session=True,
        pass_fds=kept,
        env=environment,
        preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON) and None,
    )


def _pass_on_signals(trainer: subprocess.Popen[bytes]) -> None:
    """Whoever asks us to end, means the trainer; we end after it."""

    def pass_on(number: int, _: FrameType | None) -> None:
        trainer.send_signal(number)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)


def _end_group(group: int) -> None:
    """Leave nothing of the trainer's process group: SIGTERM, a moment to clean up, SIGKILL."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal_group(group, number)
        deadline = time.monotonic() + LEFTOVERS_S
        while _signal_group(group, 0) and time.monotonic() < deadline:
            _reap()
            time.sleep(0.01)


def _signal_group(group: int, number: int) -> bool:
    """Whether there was a group to signal."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _write_down(run: RunDir, end: Exit) -> None:
    """Write exit.json; a disk that is full may not stay so, but a directory that was removed stays away."""
    for _ in range(DISK_FULL_S):
        try:
            return write_exit(run, end)
        except FileNotFoundError:
            return None
        except OSError as error:
            print(f"{run.exit}: {error.strerror}", file=sys.stderr)
            time.sleep(1.0)
    return None


if __name__ == "__main__":
    main()
    os._exit(0)  # at once: the lock ends with us, and whoever read the end may want it
