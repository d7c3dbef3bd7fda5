"""Where progress is shown: drawn over and over on a terminal, line by line everywhere else. On stderr."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from slt_engine.run.record import Row
from slt_engine.run.standing import FINAL
from slt_tui.cli.output import talk
from slt_tui.cli.progress.sentences import epoch_sentence, step_sentence
from slt_tui.progress import Progress

if TYPE_CHECKING:
    from rich.live import Live

    from slt_tui.cli.progress.view import EpochTable

PLAIN_EVERY_S = 30.0  # between two lines on the steps of an epoch, where nothing can be drawn over


class Screen(Protocol):
    """What a display writes to."""

    def show(self, progress: Progress, epochs: list[Row]) -> None:
        """Draw where the run stands, and add the epochs that are new."""

    def say(self, words: str) -> None:
        """Add a line."""


@contextlib.contextmanager
def open_screen(hint: str) -> Iterator[Screen]:
    """The screen that stderr can be."""
    if not sys.stderr.isatty():
        yield PlainScreen()
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, highlight=False)
    if console.is_dumb_terminal:
        yield PlainScreen()
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield LiveScreen(live, hint)


class PlainScreen:
    """Lines for logs and pipes: one an epoch, one on the steps now and then."""

    def __init__(self) -> None:
        self._state = ""
        self._spoke = time.monotonic()

    def show(self, progress: Progress, epochs: list[Row]) -> None:
        for row in epochs:
            self.say(epoch_sentence(row, progress.epochs))
        if progress.standing.state not in (self._state, *FINAL):
            self._state = progress.standing.state
            self.say(self._state)
        elif progress.step and time.monotonic() - self._spoke > PLAIN_EVERY_S:
            self.say(step_sentence(progress, time.time()))

    def say(self, words: str) -> None:
        self._spoke = time.monotonic()
        talk(words)


class LiveScreen:
    """A table that grows by a line an epoch, and below it what is drawn over."""

    def __init__(self, live: Live, hint: str) -> None:
        self._live, self._hint = live, hint
        self._table: EpochTable | None = None

    def show(self, progress: Progress, epochs: list[Row]) -> None:
        from slt_tui.cli.progress.view import EpochTable, LiveView

        for row in epochs:
            if self._table is None or not self._table.has_room_for(row):
                self._table = EpochTable(row, progress.epochs)
                self._live.console.print(self._table.heading())
            self._live.console.print(self._table.line(row))
        self._live.update(LiveView(progress, self._hint), refresh=True)

    def say(self, words: str) -> None:
        self._live.console.print(words, markup=False, style="yellow")
