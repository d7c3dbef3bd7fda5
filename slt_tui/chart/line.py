"""Line: one series of a chart, with how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class PointsLike(Protocol):
    """Numbers of a series: x rises, and y is NaN where there is a gap."""

    @property
    def x(self) -> NDArray[np.float64]: ...

    @property
    def y(self) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Line:
    """A series as it is drawn; lines that come later lie on top."""

    label: str
    points: PointsLike
    colour: str  # as #rrggbb
    ghost: PointsLike | None = None  # drawn dim behind it: the raw numbers of what was smoothed
    glyph: str = ""  # its mark in the legend and on the line where there are no colours
    legend: str | None = None  # what the legend says, where that is not the label
    is_second: bool = False  # stands in the legend with the line before it, which has the name
    shade: float = 0.0  # how much of the foreground's colour is mixed into its own, from 0 to 1
    dots: bool = False  # with a mark at every point, where there are few
