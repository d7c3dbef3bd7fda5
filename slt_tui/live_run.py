"""LiveRun: what is known of one run, kept up to date by polling its directory in slices."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import dataclass, fields
from pathlib import Path

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Follower
from slt_engine.run.record import Row
from slt_engine.run.standing import Standing, standing
from slt_tui.alerts import Alert, find_alerts
from slt_tui.progress import Progress
from slt_tui.run_files import RunFile, run_files
from slt_tui.samples import Samples
from slt_tui.series import RunSeries
from slt_tui.watch import News

RECENT = (
    1 << 18
)  # bytes at a journal's end that tell how fast training moves, and the load of the last minutes
_LIMIT = 1 << 19  # bytes of a journal in one slice
_KEPT_LOADS = 1800
_KEPT_EVENTS = 5000
_ALERTS_EVERY_S = 2.0


@dataclass(frozen=True)
class Changes:
    """What the last poll found to be another than before."""

    standing: bool = False
    series: bool = False
    samples: bool = False
    events: bool = False
    loads: bool = False
    alerts: bool = False
    config: bool = False
    files: bool = False

    def __or__(self, other: Changes) -> Changes:
        """What is another in either."""
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return Changes(*(one or two for one, two in pairs))


EVERYTHING = Changes(*[True] * len(fields(Changes)))


class LiveRun:
    """A run's directory, or any other with a metrics.jsonl; ``path`` may be a trainer_state.json too.

    ``is_ours`` tells whether a trainer of ours works there, or did; ``is_gone`` whether nothing is there any more;
    ``stop_asked`` whether it was asked to end and has not said yet that it does.
    """

    def __init__(self, path: Path) -> None:
        self.run = RunDir(path)
        self.series = RunSeries(path)
        self.progress = Progress()
        self.samples = Samples()
        self.events: deque[Row] = deque(maxlen=_KEPT_EVENTS)
        self.loads: deque[Row] = deque(maxlen=_KEPT_LOADS)
        self.alerts: list[Alert] = []
        self.files: list[RunFile] = []
        self.is_ours = self.is_gone = self.stop_asked = False
        self._events = Follower(self.run.events)
        self._steps, self._loads = _follow_end(self.run.steps), _follow_end(self.run.system)
        self._looked_for_alerts = 0.0
        self._config: tuple[int, int] | None = None

    @property
    def standing(self) -> Standing:
        """Where the run stands."""
        return self.progress.standing

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read at once."""
        return not self.is_gone and (self.series.is_behind or self._events.is_behind)

    def poll(self, budget_s: float = 0.03) -> Changes:
        """Read on for about that long; what changed. Nothing that lies in the files makes it fail."""
        try:
            return self._poll(budget_s)
        except OSError:  # the directory went while it was read; the next poll says so
            return Changes()

    def _poll(self, budget_s: float) -> Changes:
        before = self._state()
        self.is_gone = not self.run.path.exists()
        if self.is_gone:
            return Changes(standing=self._state() != before)
        series = self.series.load(budget_s)
        self.is_ours = self.is_ours or _is_ours(self.run)
        if not self.is_ours:
            return Changes(standing=self._state() != before, series=series)
        now = standing(self.run)
        self.stop_asked = not now.is_over and self.run.stop.exists()
        rows = self._events.read(_LIMIT)
        self.progress.take(News(now, [], self._steps.read(), rows))
        samples = [row for row in rows if self.samples.take(row)]
        self.events.extend(others := [row for row in rows if row.get("kind") != "sample"])
        self.loads.extend(loads := self._loads.read())
        changed = self._state() != before
        alerts = self._look_for_alerts(is_wanted=changed or series or bool(loads))
        return Changes(
            standing=changed,
            series=series,
            samples=bool(samples),
            events=bool(others),
            loads=bool(loads),
            alerts=alerts,
            config=self._has_new_config(),
        )

    def list_files(self) -> list[RunFile]:
        """The files that are there now; ``files`` keeps what somebody puts there."""
        return run_files(self.run.path, list(self.events))

    def _has_new_config(self) -> bool:
        """Whether config.json is another than at the last look: a run was resumed with other settings."""
        stat = self.run.config.stat() if self.run.config.exists() else None
        before, self._config = self._config, (stat.st_ino, stat.st_mtime_ns) if stat else None
        return self._config != before

    def _look_for_alerts(self, *, is_wanted: bool) -> bool:
        """Whether they are others now; looked for now and then, since it costs time on long runs."""
        now = time.time()
        if self.is_behind or now - self._looked_for_alerts < _ALERTS_EVERY_S:
            return False
        if not is_wanted and self.standing.is_over:
            return False
        self._looked_for_alerts = now
        found = find_alerts(self.series, self.standing, list(self.loads), now)
        if found == self.alerts:
            return False
        self.alerts = found
        return True

    def _state(self) -> tuple[object, ...]:
        """What the head of the screen says."""
        progress = self.progress
        return (progress.standing, progress.step, progress.loss, self.is_ours, self.is_gone, self.stop_asked)


def _is_ours(run: RunDir) -> bool:
    return any(path.exists() for path in (run.config, run.status, run.exit))


def _follow_end(path: Path) -> Follower:
    follower = Follower(path)
    with contextlib.suppress(OSError):  # when it comes, all of it is new
        follower.skip(max(0, path.stat().st_size - RECENT))
    return follower
