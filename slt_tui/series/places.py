"""Where rows lie along an axis: x that rises, each value once, kept up with as rows come."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slt_tui.series.columns import Column, Columns, larger
from slt_tui.series.epoch_clock import EpochClock
from slt_tui.series.keys import Axis

Order = NDArray[np.intp]


@dataclass(frozen=True)
class Place:
    """``x`` of every row, and the rows that are drawn, in their order; None: all, as they stand."""

    x: Column
    order: Order | None
    state: Hashable
    """Equal where nothing changed since."""


class Places:
    """The places of the rows of some columns along the three axes."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._known: dict[Axis, Place] = {}
        self._epochs = np.empty(0)

    def along(self, axis: Axis, clock: EpochClock, started: float) -> Place:
        """Where the rows lie; times are counted from the columns' own begin, which was at ``started``."""
        basis: Hashable = {"step": None, "epoch": clock.state, "time": started}[axis]
        history = (self._columns.rewrites, basis)
        state = (len(self._columns), *history)
        known = self._known.get(axis)
        if known is None or known.state != state:
            x = self._x(axis, clock, started, history)
            known = self._known[axis] = Place(x, self._order(axis, x, history), state)
        return known

    def _x(self, axis: Axis, clock: EpochClock, started: float, history: Hashable) -> Column:
        if axis == "epoch" and self._columns.grain == "step":
            return self._fractions(clock, self._known_rows("epoch", history))
        x = self._columns.axis(axis)
        return x + started if axis == "time" and started else x

    def _fractions(self, clock: EpochClock, known: int) -> Column:
        """Of an epoch, for each step; the first ``known`` rows are as they were."""
        steps = self._columns.axis("step")
        if len(steps) > len(self._epochs):
            self._epochs = larger(self._epochs, known, len(steps))
        self._epochs[known : len(steps)] = clock.epochs(steps[known:])
        return self._epochs[: len(steps)]

    def _known_rows(self, axis: Axis, history: Hashable) -> int:
        known = self._known.get(axis)
        return len(known.x) if known is not None and _history(known) == history else 0

    def _order(self, axis: Axis, x: Column, history: Hashable) -> Order | None:
        known = self._known.get(axis)
        begin = self._known_rows(axis, history)
        if (begin == 0 or (known and known.order is None)) and _rises(x[max(0, begin - 1) :]):
            return None
        order: Order = np.argsort(x, kind="stable")  # NaN come last
        order = order[: len(x) - int(np.isnan(x).sum())]
        ranked = x[order]
        is_last: NDArray[np.bool_] = np.append(ranked[1:] != ranked[:-1], True)[: len(order)]
        return order[is_last]


def _history(place: Place) -> Hashable:
    assert isinstance(place.state, tuple)
    return place.state[1:]


def _rises(x: Column) -> bool:
    if len(x) == 1:
        return not np.isnan(x[0])
    return bool((x[1:] > x[:-1]).all())
