"""A run's numbers: its journals, and other programs' files, as columns that grow. NumPy, no textual."""

from __future__ import annotations

from slt_tui.series.keys import Axis, Grain, Part, Points, SeriesKey, higher_is_better
from slt_tui.series.run_series import RunSeries
from slt_tui.series.smoothing import Smoother, smooth

__all__ = [
    "Axis",
    "Grain",
    "Part",
    "Points",
    "RunSeries",
    "SeriesKey",
    "Smoother",
    "higher_is_better",
    "smooth",
]
