"""Scale: from the numbers of an axis to dots and back, linear or logarithmic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FAR = 2**20
"""As far from the view as a dot is ever put; integers beyond it would overflow where lines are drawn."""
_LARGEST = 1e300
_SMALLEST = 1e-300


@dataclass(frozen=True)
class Scale:
    """An axis from ``low`` to ``high``; ``low`` is above 0 where it is logarithmic."""

    low: float
    high: float
    log: bool = False

    def edges(self, count: int) -> NDArray[np.float64]:
        """The borders of ``count`` cells of equal width on the screen, ``count`` + 1 rising numbers."""
        if self.log:
            powers = np.linspace(math.log10(self.low), math.log10(self.high), count + 1)
            edges = np.maximum.accumulate(10.0**powers)
        else:
            edges = np.linspace(self.low, self.high, count + 1)
        edges[0], edges[-1] = self.low, self.high
        return edges

    def cells(self, values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
        """The cell of every value, 0 to ``count`` - 1 inside the axis; it never falls where the value rises."""
        cells = np.searchsorted(self.edges(count)[1:-1], values, side="right").astype(np.int64)
        outside = (values < self.low) | (values > self.high)
        if outside.any():
            cells[outside] = self._cells_outside(values[outside], count)
        return cells

    def share(self, value: float) -> float:
        """How far along the axis a value lies: 0 at ``low``, 1 at ``high``."""
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        low, high = math.log10(self.low), math.log10(self.high)
        return (math.log10(max(value, _SMALLEST)) - low) / (high - low)

    def at(self, share: float) -> float:
        """The value that lies so far along the axis."""
        if not self.log:
            return self.low + share * (self.high - self.low)
        low, high = math.log10(self.low), math.log10(self.high)
        return float(10 ** min(max(low + share * (high - low), -300.0), 300.0))

    def part(self, first: float, last: float) -> Scale:
        """The axis between two shares of this one."""
        return axis(self.at(first), self.at(last), log=self.log)

    def _cells_outside(self, values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
        shares = np.array([self.share(value) for value in values.tolist()])
        cells = np.floor(np.clip(shares * count, -FAR, FAR)).astype(np.int64)
        return np.where(values < self.low, np.minimum(cells, -1), np.maximum(cells, count))


def axis(low: float, high: float, *, log: bool = False) -> Scale:
    """An axis that can be drawn: of some length, within what numbers can say; in a logarithm above 0."""
    low, high = (min(max(end, -_LARGEST), _LARGEST) for end in (low, high))
    if log:
        low, high = max(low, _SMALLEST), max(high, _SMALLEST)
        return (
            Scale(low, high, log=True) if high > low * (1 + 1e-9) else Scale(low / 1.5, low * 1.5, log=True)
        )
    least = 1e-9 * max(abs(low), abs(high), _SMALLEST)
    if high - low > least:
        return Scale(low, high)
    half = 0.1 * abs(low) or 1.0
    return Scale(low - half, low + half)
