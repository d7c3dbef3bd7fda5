"""View: which part of the data a chart shows, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from slt_tui.chart.scale import Scale, axis

Range = tuple[float, float]
_LEAST_SHARE = 1e-6


@dataclass(frozen=True)
class View:
    """``x`` is the range that is zoomed into; None shows everything and follows what comes in."""

    x: Range | None = None
    x_log: bool = False
    y_log: bool = False

    def zoomed(self, factor: float, around: float, whole: Scale) -> Self:
        """``factor`` times as near, the place at ``around`` staying where it is."""
        now = self.shown(whole)
        share = min(max(now.share(around), 0.0), 1.0)
        length = 1 / factor
        return self._at(now, share - share * length, share + (1 - share) * length, whole)

    def panned(self, share: float, whole: Scale) -> Self:
        """Moved along by a share of what is shown, as far as there is something."""
        now = self.shown(whole)
        low, high = whole.share(now.low), whole.share(now.high)
        by = min(max(share * (high - low), -low), 1 - high)
        return self._at(whole, low + by, high + by, whole) if self.x else self

    def selected(self, one: float, other: float, whole: Scale) -> Self:
        """Zoomed into what lies between two places."""
        low, high = sorted((whole.share(one), whole.share(other)))
        return self._at(whole, low, high, whole)

    def shown(self, whole: Scale) -> Scale:
        """The axis that is shown of the whole one."""
        return axis(*self.x, log=self.x_log) if self.x else whole

    def _at(self, scale: Scale, first: float, last: float, whole: Scale) -> Self:
        low, high = (whole.share(scale.at(share)) for share in (first, last))
        if low <= 1e-9 and high >= 1 - 1e-9:
            return replace(self, x=None)
        if high - low < _LEAST_SHARE:
            return self
        return replace(self, x=(whole.at(max(low, 0.0)), whole.at(min(high, 1.0))))
