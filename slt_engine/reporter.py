"""Reporter: the only writer of a run's journals and status."""

from __future__ import annotations

import logging
import math
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from types import FrameType, TracebackType
from typing import Any, Protocol, Self

import psutil

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_engine.run.record import Best
from slt_engine.run.status import Status, write_status
from slt_engine.system import SystemSampler

HEARTBEAT_S = 2.0
STOP_FILE_EVERY_S = 0.2
SIGNALS = (signal.SIGINT, signal.SIGTERM)
EXIT_CODES = {"stop file": 0, "SIGINT": 130, "SIGTERM": 143}

log = logging.getLogger("slt_engine")


class Listener(Protocol):
    """Who is told what preparing and stepping have to say."""

    def note(self, message: str) -> None:
        """A line worth knowing."""

    def warn(self, message: str) -> None:
        """A warning."""

    def plan(self, *, epochs: int, steps: int) -> None:
        """How many epochs and optimizer steps are planned."""


class Board(Protocol):
    """Shows the rows of the journals elsewhere too."""

    def step(self, row: Mapping[str, Any]) -> None:
        """A row of steps.jsonl."""

    def epoch(self, row: Mapping[str, Any]) -> None:
        """A row of metrics.jsonl."""

    def close(self) -> None:
        """Nothing more comes."""


class Reporter:
    """Keeps status.json, the journals and logs/ of one run, and hears when it is asked to stop.

    A context: entering it says ``starting`` and installs the handlers of SIGINT and SIGTERM; leaving it writes
    ``finished``, ``stopped`` or ``failed`` (an exception goes no further: it is logged, and ``exit_code`` says 1).
    A thread beats every two seconds, whatever training does.
    """

    def __init__(self, run: RunDir) -> None:
        self._run = run
        self._status = Status.begin()
        self._steps, self._epochs = Journal(run.steps), Journal(run.metrics)
        self._events, self._system = Journal(run.events), Journal(run.system)
        self._sampler = SystemSampler()
        self._mutex = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._board: Board | None = None
        self._looked = 0.0
        self._failure: BaseException | None = None
        self.stop_reason: str | None = None
        """What asked the run to stop: ``stop file``, ``SIGINT`` or ``SIGTERM``; None while nothing did."""

    def __enter__(self) -> Self:
        self._logging = _log_to(self._run)
        self._handlers = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        self._write(state="starting")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._done.set()
        self._thread.join()
        if error is not None:
            self._failure = self._failure or error
            log.error("%s", one_line(error), exc_info=error)
        try:
            self._tell_the_end()
        finally:
            self._close()
        return isinstance(error, Exception)

    def _tell_the_end(self) -> None:
        if self._failure is not None:
            self._write(state="failed", message=one_line(self._failure))
        elif self.stop_reason:
            log.info("stopped by %s; resume with: slt runs resume %s", self.stop_reason, self._run.path)
            self._write(state="stopped", message=f"asked to by {self.stop_reason}")
        else:
            self._write(state="finished", message="")

    def _close(self) -> None:
        self._run.stop.unlink(missing_ok=True)
        if self._board is not None:
            self._board.close()
        for journal in (self._steps, self._epochs, self._events, self._system):
            journal.close()
        for handler in self._logging:
            log.removeHandler(handler)
            handler.close()
        for number, before in self._handlers.items():
            signal.signal(number, before)

    @property
    def exit_code(self) -> int:
        """0 when it ran to its end or the stop file asked, 1 when it failed, 130 and 143 for the signals."""
        if self._failure is not None:
            return 1
        return EXIT_CODES[self.stop_reason] if self.stop_reason else 0

    @property
    def should_stop(self) -> bool:
        """Whether somebody asked the run to stop."""
        if self.stop_reason is None and time.monotonic() - self._looked > STOP_FILE_EVERY_S:
            self._looked = time.monotonic()
            if self._run.stop.exists():
                self.ask_to_stop("stop file")
        return self.stop_reason is not None

    def plan(self, *, epochs: int, steps: int) -> None:
        """How many epochs and optimizer steps are planned."""
        self._write(epochs=epochs, steps=steps)

    def show_on(self, board: Board) -> None:
        """From now on ``board`` is told of every row too."""
        self._board = board

    def training(self, *, epoch: int, step: int, best: Best | None) -> None:
        """Training starts or goes on from here."""
        self._write(state="running", epoch=epoch, step=step, best=best, progressed=time.time())

    def fail(self, error: Exception) -> None:
        """The run ends here, for a reason that its user can mend."""
        self._failure = error
        log.error("%s", error)

    def progress(self, *, epoch: int, step: int) -> None:
        """A step is done; the heartbeat carries it to status.json."""
        self._status = replace(self._status, epoch=epoch, step=step, progressed=time.time())

    def step(self, row: Mapping[str, Any]) -> None:
        """One line of steps.jsonl."""
        self._steps.append({"time": time.time(), **row})
        if self._board is not None:
            self._board.step(row)

    def epoch(self, row: Mapping[str, Any], *, best: Best | None) -> None:
        """One line of metrics.jsonl, the same as text in the log, and the best so far in status.json."""
        self._epochs.append({"time": time.time(), **row})
        if self._board is not None:
            self._board.epoch(row)
        self._epochs.sync()
        self._steps.sync()
        log.info(epoch_line(row))
        self._write(best=best, progressed=time.time())

    def event(self, kind: str, **facts: Any) -> None:
        """One line of events.jsonl: a sample, a checkpoint, a warning."""
        where = {"epoch": self._status.epoch, "step": self._status.step}
        self._events.append({"kind": kind, "time": time.time(), **where, **facts})

    def note(self, message: str) -> None:
        """A line worth knowing, for the log."""
        log.info(message)

    def warn(self, message: str) -> None:
        """A warning, for events.jsonl and the log."""
        self.event("warning", message=message)
        log.warning(message)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self.ask_to_stop(signal.Signals(number).name)

    def ask_to_stop(self, reason: str) -> None:
        """Stop after the step at hand; the first reason counts."""
        self.stop_reason = self.stop_reason or reason

    def _beat(self) -> None:
        while not self._done.wait(HEARTBEAT_S):
            try:
                self._write_status()
                self._system.append(self._sampler.sample())
            except (OSError, psutil.Error) as error:
                print(f"heartbeat: {error}", file=sys.stderr)

    def _write(self, **changes: Any) -> None:
        """Change what the status says (the training thread only) and write it."""
        self._status = replace(self._status, **changes)
        self._write_status()

    def _write_status(self) -> None:
        with self._mutex:
            status = replace(self._status, heartbeat=time.time())
            if self.stop_reason and status.state in ("starting", "running"):
                status = replace(status, state="stopping", message=f"asked to by {self.stop_reason}")
            write_status(self._run, status)


def epoch_line(row: Mapping[str, Any]) -> str:
    """An epoch's row as one line for people."""
    val = row.get("val") or {}
    shown = {"train loss": row["train"]["loss"], "perplexity": row["perplexity"], "val loss": val.get("loss")}
    shown |= {name: val.get(name) for name in ("cer", "wer", "bleu", "chrf", "gloss_wer")}
    parts = [f"{name} {value:.4g}" for name, value in shown.items() if is_number(value)]
    parts += [f"lr {row['learning_rate']:.3g}", f"{row['epoch_time_s']:.1f} s"]
    return (
        f"epoch {row['epoch']} step {row['step']}: "
        + ", ".join(parts)
        + (" (best)" if row["improved"] else "")
    )


def is_number(value: float | None) -> bool:
    """Whether there is something to show: a score that is not taken is None, a mean of nothing NaN."""
    return value is not None and math.isfinite(value)


def _log_to(run: RunDir) -> list[logging.Handler]:
    run.train_log.parent.mkdir(exist_ok=True)
    handlers: list[logging.Handler] = [
        logging.FileHandler(run.train_log, encoding="utf-8"),
        logging.StreamHandler(sys.stderr),
    ]
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
    log.setLevel(logging.INFO)
    return handlers


def one_line(error: BaseException) -> str:
    """An error's own words where a user can mend it; of any other its kind too."""
    text = str(error).strip().splitlines() or [""]
    return (
        text[0] if type(error).__module__.startswith("slt_engine") else f"{type(error).__name__}: {text[0]}"
    )
