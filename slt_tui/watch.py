"""Watching: what is new in a run's directory since it was last looked at, and in all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Follower
from slt_engine.run.record import Row
from slt_engine.run.standing import Standing, standing

if TYPE_CHECKING:
    from slt_tui.catalogue import RunCatalogue

_RESTS = 4  # times as long as a poll took, at the least


@dataclass(frozen=True)
class News:
    """Where the run stands, and the journals' new rows."""

    standing: Standing
    epochs: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)


class RunWatcher:
    """Follows one run by polling: file notifications do not reach across a network file system."""

    def __init__(self, run: RunDir) -> None:
        self.run = run
        self._epochs, self._steps = Follower(run.metrics), Follower(run.steps)
        self._events = Follower(run.events)

    def poll(self) -> News:
        """What is new. The standing is read first, so that no row written before an end can be missed."""
        now = standing(self.run)
        return News(now, self._epochs.read(), self._steps.read(), self._events.read())


class CatalogueWatch(threading.Thread):
    """Polls a catalogue in a thread of its own, so that a slow disk holds nobody up, and tells of changes."""

    def __init__(self, catalogue: RunCatalogue, tell: Callable[[], object], *, every_s: float) -> None:
        super().__init__(name="catalogue", daemon=True)
        self.catalogue = catalogue
        self.is_paused = False
        self._tell, self._every_s = tell, every_s
        self._wake = threading.Event()
        self._is_over = False

    def run(self) -> None:
        """Poll until stopped and tell, of the first time too; one that takes long is followed by a longer rest."""
        is_first = True
        while not self._is_over:
            self._wake.clear()
            began = time.monotonic()
            if not self.is_paused and (self.catalogue.poll() or is_first):
                is_first = False
                self._tell()
            if not self.catalogue.is_behind or self.is_paused:
                self._wake.wait(max(self._every_s, _RESTS * (time.monotonic() - began)))

    def pause(self) -> None:
        """Do not look, until told to go on."""
        self.is_paused = True

    def go_on(self) -> None:
        """Look again, and at once."""
        self.is_paused = False
        self.hurry()

    def hurry(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """End; what is being read is read to its end."""
        self._is_over = True
        self._wake.set()
