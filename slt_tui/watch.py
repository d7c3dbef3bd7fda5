"""RunWatcher: what is new in a run's directory since it was last looked at."""

from __future__ import annotations

from dataclasses import dataclass, field

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Follower
from slt_engine.run.record import Row
from slt_engine.run.standing import Standing, standing


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
