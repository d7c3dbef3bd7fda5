"""From settings to a run directory to a process: the only place that starts one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from slt_engine.config import (
    ConfigError,
    Layer,
    check_paths,
    config_document,
    config_from_document,
    describe_origin,
    resume_config,
)
from slt_engine.config.resolution import Resolved
from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.lock import take_lock
from slt_engine.run.status import read_exit
from slt_engine.run.stopping import request_stop

PYTHON = (sys.executable, "-P")  # -P: a json.py where the user stands must not take the library's place
ENGINE = (*PYTHON, "-m", "slt_engine")
STARTS_S = 20.0  # until the supervisor has said that the trainer is started


def launch(resolved: Resolved) -> RunDir:
    """Make the run's directory and start its trainer, which no longer needs us.

    Raises ConfigError for paths that are not there, RunError where a run is already: nothing was touched.
    """
    run = RunDir(resolved.config.data.work_dir)
    run.refuse_if_taken()
    if problems := check_paths(resolved.config, resolved.origin):
        raise ConfigError(problems)
    lock_fd = take_lock(run)
    try:
        about = describe_origin(resolved.command, resolved.config)
        RunDir.create(run.path, config_document(resolved, about), resolved.files)
        start(run, lock_fd, [*ENGINE, "train", str(run.path.absolute())])
    finally:
        os.close(lock_fd)
    return run


def resume(path: Path, layers: Iterable[Layer], *, command: str = "") -> RunDir:
    """Start the trainer of an earlier run again, from its last.pt, with ``layers`` over the settings it had.

    Raises ConfigError for settings that a resumed run keeps, RunError where it runs or has no checkpoint.
    """
    run = RunDir.open(path)
    run.read_config()  # another program's directory does not even get a lock
    lock_fd = take_lock(run)
    try:
        if not run.last.is_file():
            raise RunError(
                f"{run.last}: missing, so there is nothing to go on from; remove the directory, or start in "
                "another --work-dir"
            )
        before = run.read_config()
        resolved = resume_config(before, layers)
        document = config_document(resolved, _about_resumed(command, before))
        needed = config_from_document(document).without_initial_weights()
        if problems := check_paths(needed, resolved.origin):
            raise ConfigError(problems)
        run.sweep()
        run.archive_config(document)
        run.add_sources(resolved.files)
        start(run, lock_fd, [*ENGINE, "train", str(run.path.absolute()), "--resume"])
    finally:
        os.close(lock_fd)
    return run


def run_engine(arguments: Sequence[str], *, stdout: int | None = None) -> int:
    """Run an engine command that is no run, in front, on our stderr and ``stdout``; its exit code for a shell.

    Ctrl-C reaches it too, and we wait for what it makes of it.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = subprocess.Popen([*ENGINE, *arguments], stdout=stdout).wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code


def start_engine(
    arguments: Sequence[str], *, stdout: IO[bytes], stderr: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start an engine command that is no run in a session of its own, so that it outlives the app."""
    return subprocess.Popen(
        [*ENGINE, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )


def _about_resumed(command: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """Like a new run's, but paths are still read, and the weights are still from, where the run began."""
    begun = before.get("about") or {}
    kept = {key: begun[key] for key in ("cwd", "initial_weights") if key in begun}
    return {**describe_origin(command), **kept}


def start(run: RunDir, lock_fd: int, command: Sequence[str]) -> None:
    """Start a supervisor, which starts ``command`` as the run's trainer, and wait until it says that it has.

    Both inherit the lock. Raises RunError where nothing was started.
    """
    asked = time.time()
    supervisor = [
        *PYTHON,
        "-m",
        "slt_engine.run.supervise",
        str(run.path.absolute()),
        "--lock-fd",
        str(lock_fd),
        "--",
    ]
    try:
        with run.console_log.open("ab") as console:
            code = subprocess.call(
                [*supervisor, *command],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
                pass_fds=(lock_fd,),
            )
        if code != 0 or not _has_begun(run, asked):
            raise RunError(f"{run.path}: its supervisor did not start; {run.console_log} says why")
    except KeyboardInterrupt:
        request_stop(run)  # nobody is going to follow it
        raise


def _has_begun(run: RunDir, asked: float) -> bool:
    """Whether the supervisor of what was asked for at that time says so before long."""
    while time.time() < asked + STARTS_S:
        end = read_exit(run)
        if end and end.started >= asked:
            return True
        time.sleep(0.01)
    return False
