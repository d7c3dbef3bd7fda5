"""Columns: series that always came in the same rows, side by side, in the order of what counts them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from slt_tui.series.keys import Axis, Grain, SeriesKey

# Where the axes stand among the columns; the series follow.
AXIS_COLUMNS: dict[Axis, int] = {"step": 0, "epoch": 1, "time": 2}
_AXES = len(AXIS_COLUMNS)
_LEAST = 256
_FACTOR = 1.5

Column = NDArray[np.float64]


class Columns:
    """Rows by step or by epoch, each once, the last one that came; ``rewrites`` counts changes of earlier rows.

    Values are float64: at float32 a learning rate of 1e-4 would leave in an export as 9.99999974e-05, and every
    reader of a column would need a copy of its own. Room is made for the rows that are expected; memory that
    was never written takes no place.
    """

    def __init__(self, grain: Grain, keys: Sequence[SeriesKey]) -> None:
        self.grain = grain
        self.keys = list(keys)
        self.rewrites = 0
        self._size = 0
        self._columns: list[Column] = [np.empty(0) for _ in range(_AXES + len(self.keys))]

    def __len__(self) -> int:
        return self._size

    def axis(self, axis: Axis) -> Column:
        """Where the rows lie on an axis as they said it, NaN where they said nothing; a view."""
        return self._columns[AXIS_COLUMNS[axis]][: self._size]

    def values(self, key: SeriesKey) -> Column:
        """A series; a view."""
        return self._columns[_AXES + self.keys.index(key)][: self._size]

    @property
    def tells_steps(self) -> bool:
        """Whether these are epochs that say at which steps they ended."""
        return self.grain == "epoch" and bool(np.isfinite(self.axis("step")).any())

    def add(self, block: list[Column], *, expected: int = 0) -> None:
        """Take rows, axes before series, in the order that they were written; the last of a step or epoch stays."""
        counted = block[self._counting]
        if len(counted) > 1 and not (counted[1:] > counted[:-1]).all():
            block = _last_of_each(block, self._counting)
            counted = block[self._counting]
        if self._size and counted[0] <= self._columns[self._counting][self._size - 1]:
            block = self._merged(block)
        self._append(block, expected)

    def split(self, keys: Sequence[SeriesKey]) -> Columns:
        """Columns of their own for some of the series, which leave these."""
        apart = Columns(self.grain, keys)
        picked = [*range(_AXES), *(_AXES + self.keys.index(key) for key in keys)]
        apart._columns = [self._columns[place][: self._size].copy() for place in picked[:_AXES]]
        apart._columns += [self._columns[place] for place in picked[_AXES:]]
        apart._size = self._size
        staying = [key for key in self.keys if key not in set(keys)]
        self._columns = self._columns[:_AXES] + [
            self._columns[_AXES + self.keys.index(key)] for key in staying
        ]
        self.keys = staying
        return apart

    @property
    def _counting(self) -> int:
        return AXIS_COLUMNS[self.grain]

    def _merged(self, block: list[Column]) -> list[Column]:
        """The block and the rows from where it begins, which are taken out: together they are put back."""
        begin = int(np.searchsorted(self.axis(self.grain), block[self._counting][0]))
        tail = [column[begin : self._size] for column in self._columns]
        merged = [np.concatenate(pair) for pair in zip(tail, block, strict=True)]
        self._size = begin
        self.rewrites += 1
        return _last_of_each(merged, self._counting)

    def _append(self, block: list[Column], expected: int) -> None:
        begin, end = self._size, self._size + len(block[0])
        for place, values in enumerate(block):
            if end > len(self._columns[place]):
                self._columns[place] = larger(self._columns[place], begin, max(end, expected))
            self._columns[place][begin:end] = values
        self._size = end


def larger(column: Column, size: int, wanted: int) -> Column:
    """A column with room for ``wanted`` rows and some more, that begins with the first ``size`` of another."""
    room = np.empty(max(_LEAST, wanted, int(_FACTOR * size)))
    room[:size] = column[:size]
    return room


def _last_of_each(block: list[Column], counting: int) -> list[Column]:
    """Rows in the order of what counts them, each once, the last that was written."""
    order = np.argsort(block[counting], kind="stable")
    counted = block[counting][order]
    is_last = np.append(counted[1:] != counted[:-1], True)
    return [column[order[is_last]] for column in block]
