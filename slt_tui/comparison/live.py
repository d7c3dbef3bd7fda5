"""LiveComparison: runs side by side while they grow; what has changed is told, nothing is read twice."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Follower
from slt_engine.run.standing import Standing
from slt_tui.comparison.document import read_document, standing_of
from slt_tui.comparison.labels import labels
from slt_tui.samples import Samples
from slt_tui.series import RunSeries

MOST = 8  # as many as there are colours
Change = Literal["numbers", "samples", "standings", "settings"]
_STANDINGS_S = 1.0
_EVENTS = 1 << 18  # bytes of events.jsonl at a time


class ComparedRun:
    """One of the runs. ``place`` is its colour and mark, which stay while others come and go."""

    def __init__(self, path: Path, place: int) -> None:
        self.path = path
        self.place = place
        self.name = path.name
        self.series = RunSeries(path)
        self.samples = Samples()
        self.document = read_document(path)
        self.standing: Standing = standing_of(path)
        self._events = Follower(RunDir(path).events)
        self._restarts = 0
        self._config_seen = _time_of(RunDir(path).config)

    def load_samples(self) -> bool:
        """Read on in events.jsonl; whether there was a translation."""
        rows: list[dict[str, Any]] = []
        with contextlib.suppress(OSError):  # not a directory, or the share is gone
            rows = self._events.read(_EVENTS)
        if self._events.restarts != self._restarts:
            self._restarts, self.samples = self._events.restarts, Samples()
        taken = [self.samples.take(row) for row in rows]
        return any(taken)

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read already."""
        return self.series.is_behind or self._events.is_behind

    def look(self) -> set[Change]:
        """Where it stands, and whether its settings were written anew, as by a resume."""
        changed: set[Change] = set()
        if (now := standing_of(self.path)) != self.standing:
            self.standing = now
            changed.add("standings")
        if (seen := _time_of(RunDir(self.path).config)) != self._config_seen:
            self._config_seen, self.document = seen, read_document(self.path)
            changed.add("settings")
        return changed


class LiveComparison:
    """Two to eight runs, and which of them the others are held against."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.runs: list[ComparedRun] = []
        self.baseline = 0
        self._looked = 0.0
        for path in paths:
            self.add(path)

    def add(self, path: Path) -> bool:
        """Take a run in; whether it was not there yet and there was room."""
        taken = {run.place for run in self.runs}
        if len(self.runs) >= MOST or any(run.path.absolute() == path.absolute() for run in self.runs):
            return False
        self.runs.append(ComparedRun(path, min(set(range(MOST)) - taken)))
        self._name()
        return True

    def drop(self, path: Path) -> bool:
        """Leave a run out; two stay."""
        if len(self.runs) <= 2 or all(run.path != path for run in self.runs):
            return False
        base = self.runs[self.baseline]
        self.runs = [run for run in self.runs if run.path != path]
        self.baseline = self.runs.index(base) if base in self.runs else 0
        self._name()
        return True

    def next_baseline(self) -> None:
        """Hold the others against the next run."""
        self.baseline = (self.baseline + 1) % len(self.runs)

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read already."""
        return any(run.is_behind for run in self.runs)

    @property
    def share(self) -> float:
        """How much of the numbers is read, from 0 to 1."""
        return sum(run.series.share for run in self.runs) / len(self.runs)

    @property
    def series(self) -> list[RunSeries]:
        return [run.series for run in self.runs]

    @property
    def documents(self) -> Sequence[dict[str, Any]]:
        return [run.document for run in self.runs]

    def epochs(self) -> list[int]:
        """Every epoch of which any run has numbers."""
        keys = ((run.series, key) for run in self.runs for key in run.series.keys if key.grain == "epoch")
        return sorted({int(epoch) for series, key in keys for epoch in series.points(key, "epoch").x})

    def poll(self, budget_s: float = 0.03) -> set[Change]:
        """Read on for about that long; what has changed."""
        changed: set[Change] = set()
        for run in self.runs:
            if run.series.load(budget_s / len(self.runs)):
                changed.add("numbers")
            if run.load_samples():
                changed.add("samples")
        if time.monotonic() >= self._looked + _STANDINGS_S:
            self._looked = time.monotonic()
            for run in self.runs:
                changed |= run.look()
        return changed

    def _name(self) -> None:
        for run, name in zip(self.runs, labels([run.path for run in self.runs]), strict=True):
            run.name = name


def _time_of(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
