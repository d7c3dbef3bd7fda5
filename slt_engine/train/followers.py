"""The further processes of a run on this machine: started by the first, told where to meet it, never left behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import torch
from torch.distributed import TCPStore  # type: ignore[attr-defined]
from torch.distributed.rendezvous import rendezvous

from slt_engine.run.process import die_with
from slt_engine.train.processes import ALONE, ProcessError, Processes

ENDS_S = 30.0  # after the first is done
NOTICES_S = 20.0  # until the first has noticed by itself that it is alone
FAILS_S = 3.0  # from the first sign that it is gone
HOST = "127.0.0.1"


def rank() -> int:
    """Which process of its run this is, as torchrun, Accelerate or ``Followers`` say it; 0 leads."""
    return int(os.environ.get("RANK", "0"))


def die_with_leader() -> None:
    """End this process with the one that started it as a follower."""
    if LEADER in os.environ:
        die_with(int(os.environ[LEADER]))


@contextlib.contextmanager
def meet_processes(path: Path, count: int, *, resume: bool) -> Iterator[Processes]:
    """The processes of the run in ``path``: those that the environment tells of, or ``count`` that are started here.

    Raises ProcessError where one of the others ended before its time.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world > 1:
        store, _, _ = next(rendezvous("env://"))
        with _joined(Processes.join(store, rank(), world), lambda: None) as processes:
            yield processes
    elif count == 1:
        yield ALONE
    else:
        with (
            Followers(path, count, resume=resume) as followers,
            _joined(Processes.join(followers.store, 0, count), followers.ended) as processes,
        ):
            yield processes


@contextlib.contextmanager
def _joined(processes: Processes, ended: Callable[[], str | None]) -> Iterator[Processes]:
    try:
        yield processes
    except RuntimeError as error:  # what torch raises when a peer is gone
        if told := processes.failure() or ended():
            raise ProcessError(told) from error
        raise
    processes.leave()


class Followers:
    """A context that has ``count`` - 1 further processes train the run in ``path``; ``store`` is where they meet.

    Leaving it ends them: at once where the first failed, else when they are done.
    """

    def __init__(self, path: Path, count: int, *, resume: bool) -> None:
        self.store = TCPStore(HOST, 0, count, is_master=True, wait_for_workers=False)
        self._command = [sys.executable, "-P", "-m", "slt_engine", "train", str(path), *["--resume"] * resume]
        self._count = count
        self._over = threading.Event()
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self._environment = dict(os.environ)
        threads = str(max(1, (os.cpu_count() or 1) // self._count))
        if "OMP_NUM_THREADS" not in os.environ:
            torch.set_num_threads(int(threads))
            os.environ["OMP_NUM_THREADS"] = threads  # for Accelerate, which would count again
        shared = {"WORLD_SIZE": self._count, "LOCAL_WORLD_SIZE": self._count, "MASTER_ADDR": HOST}
        shared |= {"MASTER_PORT": self.store.port}
        for number in range(1, self._count):
            own = {
                name: str(value) for name, value in {**shared, "RANK": number, "LOCAL_RANK": number}.items()
            }
            environment = {**os.environ, **own, LEADER: str(os.getpid())}
            self._children.append(subprocess.Popen(self._command, env=environment, stdin=subprocess.DEVNULL))
            threading.Thread(target=self._watch, args=(self._children[-1],), daemon=True).start()
        leading = {**shared, "RANK": 0, "LOCAL_RANK": 0}
        os.environ.update({name: str(value) for name, value in leading.items()})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        os.environ.clear()
        os.environ.update(self._environment)
        self._end(ENDS_S if kind is None else 0.0)

    def ended(self) -> str | None:
        """Which process failed, and how; waits a moment for one that is just about to."""
        deadline = time.monotonic() + FAILS_S
        while time.monotonic() < deadline:
            for number, child in enumerate(self._children, start=1):
                if child.poll():
                    return f"process {number} of {self._count} {_how(child)}"
            time.sleep(0.05)
        return None

    def _end(self, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        for child in self._children:
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        """A GPU waits for ever for a peer that is gone: then nothing but the end of this process is left."""
        if child.wait() == 0 or self._over.wait(NOTICES_S):
            return
        print(f"{self.ended()}; the run ends", file=sys.stderr, flush=True)
        self._end(0.0)
        os._exit(1)


def _how(child: subprocess.Popen[bytes]) -> str:
    code = child.returncode
    return f"ended with code {code}" if code > 0 else f"was killed by signal {-code}; is there memory enough?"


LEADER = "SLT_LEADER_PID"
"""The process that a follower ends with."""
