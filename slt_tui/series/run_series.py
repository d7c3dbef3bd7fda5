"""RunSeries: the numbers of one run, read on in slices, given as points along an axis."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from slt_engine.run.directory import RunDir
from slt_engine.run.status import read_status
from slt_tui.readable import finite
from slt_tui.series.columns import Columns
from slt_tui.series.epoch_clock import NO_CLOCK, EpochClock, clock_of_epochs, clock_of_steps
from slt_tui.series.keys import Axis, Points, SeriesKey, higher_is_better, in_usual_order
from slt_tui.series.places import Place, Places
from slt_tui.series.sources import sources_of
from slt_tui.series.table import Table


class RunSeries:
    """Every number of a run, or of a file that another program wrote; what is wrong in a file raises nothing.

    ``version`` rises with every change.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version = 0
        self._sources = sources_of(path)
        self._keys: tuple[int, list[SeriesKey]] = (0, [])
        self._places: dict[Columns, Places] = {}
        self._clocks: dict[Table, tuple[tuple[int, int, int], EpochClock]] = {}
        self._ordered: dict[tuple[SeriesKey, Axis], tuple[Place, Points]] = {}
        self._best: dict[SeriesKey, tuple[tuple[int, int, int], tuple[float, float] | None]] = {}

    def load(self, budget_s: float = 0.03) -> bool:
        """Read on for about that long; whether anything changed."""
        end = time.perf_counter() + budget_s
        changed = False
        for source in self._sources:
            table = source.table
            changed |= source.read()
            while source.is_behind and time.perf_counter() < end:
                changed |= source.read()
            if source.table is not table:
                self._forget()
        self.version += changed
        return changed

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read already."""
        return any(source.is_behind for source in self._sources)

    @property
    def share(self) -> float:
        """How much of the files is read, from 0 to 1."""
        extents = [source.extent for source in self._sources]
        total = sum(size for _, size in extents)
        return sum(done for done, _ in extents) / total if total else 1.0

    @property
    def began(self) -> float | None:
        """When the first row was written, as it says itself; times of points are counted from there."""
        told = [source.table.began for source in self._sources if source.table.began is not None]
        return min(told, default=None)

    @property
    def keys(self) -> list[SeriesKey]:
        """Every series, the usual ones first."""
        if self._keys[0] != self.version:
            found = {key for source in self._sources for key in source.table.keys}
            self._keys = (self.version, sorted(found, key=in_usual_order))
        return self._keys[1]

    @property
    def metrics(self) -> list[str]:
        """Every metric once, the usual ones first."""
        return list(dict.fromkeys(key.metric for key in self.keys))

    def points(self, key: SeriesKey, axis: Axis) -> Points:
        """A series along an axis, without the rows of which nobody knows where they lie; none if it is unknown."""
        found = self._find(key)
        if found is None:
            return Points(np.empty(0), np.empty(0))
        table, columns = found
        place = self._place(table, columns, axis)
        if place.order is None:
            return Points(place.x, columns.values(key))
        known = self._ordered.get((key, axis))
        if known is None or known[0] is not place:
            points = Points(place.x[place.order], columns.values(key)[place.order])
            known = self._ordered[key, axis] = (place, points)
        return known[1]

    def latest(self, key: SeriesKey) -> float | None:
        """The last number of a series; gaps are passed over."""
        found = self._find(key)
        values = found[1].values(key) if found else np.empty(0)
        for end in range(len(values), 0, -_BLOCK):
            block = values[max(0, end - _BLOCK) : end]
            if len(numbers := block[np.isfinite(block)]):
                return float(numbers[-1])
        return None

    def best(self, key: SeriesKey) -> tuple[float, float] | None:
        """The best number of a series, and the step or epoch of its row; the first of equals."""
        found = self._find(key)
        if found is None:
            return None
        columns = found[1]
        state = (id(columns), columns.rewrites, len(columns))
        known, best = self._best.get(key, (None, None))
        if known != state:
            begin = known[2] if known and known[:2] == state[:2] else 0
            best = _better(key, best if begin else None, columns, begin)
            self._best[key] = (state, best)
        return best

    def _find(self, key: SeriesKey) -> tuple[Table, Columns] | None:
        for source in self._sources:
            if columns := source.table.home(key):
                return source.table, columns
        return None

    def _place(self, table: Table, columns: Columns, axis: Axis) -> Place:
        places = self._places.get(columns) or self._places.setdefault(columns, Places(columns))
        offset = table.began - (self.began or 0.0) if table.began is not None else 0.0
        return places.along(axis, self._clock(table) if axis == "epoch" else NO_CLOCK, offset)

    def _clock(self, table: Table) -> EpochClock:
        """From the rows of epochs where there are any with steps, else from what the steps say themselves."""
        tables = [source.table for source in self._sources]
        by_epoch = next((rows for each in tables for rows in each.columns if rows.tells_steps), None)
        rows = by_epoch or max(
            (rows for rows in table.columns if rows.grain == "step"), key=len, default=None
        )
        if rows is None:
            return NO_CLOCK
        state = (id(rows), len(rows), rows.rewrites)
        known, clock = self._clocks.get(table, (None, NO_CLOCK))
        if known != state:
            has_grown = known is not None and (known[0], known[2]) == (state[0], state[2])
            if not (known and has_grown and clock.still_holds(rows, known[1])):
                clock = clock_of_epochs(rows) if by_epoch else clock_of_steps(rows, self._planned())
            self._clocks[table] = (state, clock)
        return clock

    def _planned(self) -> float | None:
        """The steps of one epoch, by the trainer's plan."""
        try:
            status = read_status(RunDir(self.path))
        except OSError:
            return None
        steps = finite(status.steps) if status else None
        return steps / status.epochs if status and steps and status.epochs > 0 else None

    def _forget(self) -> None:
        """A file was replaced: nothing that was worked out holds any more."""
        self._places.clear()
        self._clocks.clear()
        self._ordered.clear()
        self._best.clear()


_BLOCK = 4096


def _better(
    key: SeriesKey, best: tuple[float, float] | None, columns: Columns, begin: int
) -> tuple[float, float] | None:
    """The best of what was known and the rows from ``begin`` on."""
    values = columns.values(key)[begin:]
    if np.isnan(values).all():
        return best
    place = int(np.nanargmax(values) if higher_is_better(key.metric) else np.nanargmin(values))
    found = (float(values[place]), float(columns.axis(columns.grain)[begin + place]))
    if best is None:
        return found
    is_better = found[0] > best[0] if higher_is_better(key.metric) else found[0] < best[0]
    return found if is_better else best
