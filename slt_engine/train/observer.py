"""Who is told how training goes: a run's Reporter, and in its further processes a Follower, who only listens."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from types import FrameType
from typing import Any, Protocol, Self

from slt_engine.reporter import SIGNALS, Board, Listener
from slt_engine.run.record import Best


class Observer(Listener, Protocol):
    """Is told of every step and epoch, and knows of a wish to stop."""

    stop_reason: str | None

    @property
    def should_stop(self) -> bool:
        """Whether somebody asked this process to stop."""

    def ask_to_stop(self, reason: str) -> None:
        """Stop after the step at hand; the first reason counts."""

    def show_on(self, board: Board) -> None:
        """From now on ``board`` is told of every row too."""

    def training(self, *, epoch: int, step: int, best: Best | None) -> None:
        """Training starts or goes on from here."""

    def progress(self, *, epoch: int, step: int) -> None:
        """A step is done."""

    def step(self, row: Mapping[str, Any]) -> None:
        """A row of steps.jsonl."""

    def epoch(self, row: Mapping[str, Any], *, best: Best | None) -> None:
        """A row of metrics.jsonl."""

    def event(self, kind: str, **facts: Any) -> None:
        """A row of events.jsonl."""


class Follower:
    """Writes nothing: the process that leads does. A context that hears SIGINT and SIGTERM."""

    def __init__(self) -> None:
        self.stop_reason: str | None = None

    def __enter__(self) -> Self:
        for number in SIGNALS:
            signal.signal(number, self._on_signal)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        return self

    def __exit__(self, *_: object) -> None:
        return

    @property
    def should_stop(self) -> bool:
        """Whether a signal came, or another process's wish."""
        return self.stop_reason is not None

    def ask_to_stop(self, reason: str) -> None:
        """Stop after the step at hand."""
        self.stop_reason = self.stop_reason or reason

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self.ask_to_stop(signal.Signals(number).name)

    def note(self, message: str) -> None:
        """Said by the process that leads."""

    def warn(self, message: str) -> None:
        """Said by the process that leads."""

    def plan(self, *, epochs: int, steps: int) -> None:
        """Said by the process that leads."""

    def show_on(self, board: Board) -> None:
        """The process that leads has it."""

    def training(self, *, epoch: int, step: int, best: Best | None) -> None:
        """Said by the process that leads."""

    def progress(self, *, epoch: int, step: int) -> None:
        """Said by the process that leads."""

    def step(self, row: Mapping[str, Any]) -> None:
        """Written by the process that leads."""

    def epoch(self, row: Mapping[str, Any], *, best: Best | None) -> None:
        """Written by the process that leads."""

    def event(self, kind: str, **facts: Any) -> None:
        """Written by the process that leads."""
