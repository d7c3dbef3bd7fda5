"""Points for tests of charts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slt_tui.chart.line import Line
from slt_tui.series import Points


def points(x: Sequence[float], y: Sequence[float]) -> Points:
    """A series."""
    return Points(np.array(x, np.float64), np.array(y, np.float64))


def line(y: Sequence[float], *, label: str = "train", colour: str = "#56b4e9", first: float = 1.0) -> Line:
    """A line with these values at 1, 2, 3 and so on."""
    return Line(label, points([first + place for place in range(len(y))], y), colour, glyph="1")


def decay(count: int, *, spike_at: int | None = None) -> list[float]:
    """A loss that falls from 4 to about 0.3, with a spike of 9 where asked for."""
    values = 0.3 + 3.7 * np.exp(-np.arange(count) / (count / 5))
    if spike_at is not None:
        values[spike_at] = 9.0
    return [float(value) for value in values]
