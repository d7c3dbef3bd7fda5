"""Worker processes: each is given one clip at a time, watched, and replaced when it hangs or dies."""

from __future__ import annotations

import contextlib
import json
import math
import selectors
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from slt_engine.clips.errors import DataError
from slt_engine.extract.settings import Settings
from slt_engine.extract.sources import Job

HANGS_AFTER_S = 60.0  # without a frame
STARTS_WITHIN_S = 120.0  # MediaPipe is a hundred megabytes to read
_WAKES_S = 0.25
COMMAND = (sys.executable, "-P", "-m", "slt_engine.extract.worker")


@dataclass(frozen=True)
class Progress:
    """A clip goes on: ``frame`` of ``frames``, as far as its container tells, of which ``kept`` are kept."""

    clip_id: str
    frame: int
    frames: int
    kept: int


@dataclass(frozen=True)
class Outcome:
    """A clip is over: with its metadata, or with what was wrong."""

    job: Job
    line: dict[str, Any] | None = None
    problem: str = ""


class OutputError(Exception):
    """The place that is written to takes no more; nothing can go on."""


@dataclass
class _Worker:
    process: subprocess.Popen[bytes]
    complaints: Any
    heard_s: float
    ready: bool = False
    job: Job | None = None
    rest: bytes = field(default=b"")

    def give(self, job: Job) -> None:
        self.job, self.heard_s = job, time.monotonic()
        words = {**asdict(job), "video": str(job.video)}
        _send(self.process, words)

    def read(self) -> list[dict[str, Any]]:
        """What it has said since, once it says something, or all that is left of one that is dead."""
        assert self.process.stdout
        data = self.process.stdout.read(1 << 16)
        while data and self.process.poll() is not None and (more := self.process.stdout.read(1 << 16)):
            data += more
        if not data:
            self.process.wait()  # it closed its end, so it is about to be gone
        self.heard_s = time.monotonic()
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def last_words(self) -> str:
        self.complaints.seek(0)
        lines = self.complaints.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit code {self.process.returncode}"


class Pool:
    """Extracts jobs by ``workers`` processes; each is over with its parent. Use as a context."""

    def __init__(
        self, settings: Settings, out: Path, aside: Path, *, workers: int, hangs_after_s: float, lock_fd: int
    ) -> None:
        self._order = {"settings": asdict(settings), "out": str(out)}
        self._aside, self._count = aside, workers
        self._hangs_after_s, self._lock_fd = hangs_after_s, lock_fd
        self._selector = selectors.DefaultSelector()
        self._workers: list[_Worker] = []
        self._started = 0

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in list(self._workers):
            self._end(worker)
        self._selector.close()

    def run(self, jobs: Iterable[Job]) -> Iterator[Progress | Outcome | None]:
        """What becomes of each job, as it happens; None now and then, to look at the clock by.

        Raises OutputError when files cannot be written, DataError when no worker can start.
        """
        waiting = deque(jobs)
        while waiting or any(worker.job for worker in self._workers):
            busy = sum(worker.job is not None for worker in self._workers)
            while len(self._workers) < min(self._count, busy + len(waiting)):
                self._start()
            for worker in self._workers:
                if worker.ready and worker.job is None and waiting:
                    worker.give(waiting.popleft())
            for key, _ in self._selector.select(_WAKES_S):
                yield from self._hear(key.data)
            yield from self._mourn()
            yield None

    def _start(self) -> None:
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker
        process = subprocess.Popen(
            COMMAND,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,  # Ctrl-C is for us, who end them
            pass_fds=(self._lock_fd,),
        )
        worker = _Worker(process, complaints, time.monotonic())
        self._workers.append(worker)
        self._started += 1
        _send(process, {**self._order, "aside": str(self._aside / str(self._started))})
        assert process.stdout
        self._selector.register(process.stdout, selectors.EVENT_READ, worker)

    def _hear(self, worker: _Worker) -> Iterator[Progress | Outcome]:
        for words in worker.read():
            if "ready" in words:
                worker.ready = True
            elif "broken" in words:
                raise OutputError(words["broken"])
            elif worker.job and "at" in words:
                yield Progress(worker.job.clip_id, words["at"], words["of"], words["kept"])
            elif worker.job:
                job, worker.job = worker.job, None
                yield Outcome(job, words.get("done"), words.get("failed", ""))

    def _mourn(self) -> Iterator[Progress | Outcome]:
        """Replace who died or hangs; the clip it had is over."""
        for worker in list(self._workers):
            code = worker.process.poll()
            hangs = code is None and time.monotonic() > self._due_s(worker)
            if code is None and not hangs:
                continue
            if code is not None:
                yield from self._hear(worker)
            self._end(worker)
            if not worker.ready:
                raise DataError(f"the extraction cannot start ({worker.last_words()}); install {INSTALL}")
            if worker.job:
                how = f"no frame came for {self._hangs_after_s:g} s" if hangs else _death(code)
                yield Outcome(worker.job, problem=f"{worker.job.video}: {how}; convert it or remove it")

    def _due_s(self, worker: _Worker) -> float:
        """When it must have said something."""
        if not worker.ready:
            return worker.heard_s + STARTS_WITHIN_S
        return worker.heard_s + self._hangs_after_s if worker.job else math.inf

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        if worker.process.stdout:
            self._selector.unregister(worker.process.stdout)
        worker.process.kill()
        worker.process.wait()
        for pipe in (worker.process.stdin, worker.process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


INSTALL = "slt-workbench[extract]"


def _death(code: int | None) -> str:
    return (
        f"its decoder died (signal {-code})" if code and code < 0 else f"its decoder left (exit code {code})"
    )


def _send(process: subprocess.Popen[bytes], words: dict[str, Any]) -> None:
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):  # it is dead, which is noticed by its exit
        process.stdin.write(json.dumps(words).encode() + b"\n")
