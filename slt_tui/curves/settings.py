"""Settings: how all the charts of a panel are looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Self, TypeVar

from slt_tui.series import Axis

Parts = Literal["both", "train", "val"]
AXES: tuple[Axis, ...] = ("step", "epoch", "time")
PARTS: tuple[Parts, ...] = ("both", "train", "val")
WEIGHTS = (0.0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.97, 0.99)
_Value = TypeVar("_Value", bound=str)
_SAID = {"both": "train and val", "train": "train only", "val": "val only"}


@dataclass(frozen=True)
class Settings:
    """The axis below, the weight of the smoothing, and which parts of the data are shown."""

    axis: Axis = "step"
    smoothing: float = 0.0
    parts: Parts = "both"

    def with_next_axis(self) -> Self:
        """Along steps, epochs, time."""
        return replace(self, axis=_after(AXES, self.axis))

    def with_next_parts(self) -> Self:
        """Both, training only, validation only."""
        return replace(self, parts=_after(PARTS, self.parts))

    def smoother(self, steps: int) -> Self:
        """So many weights further up, or down."""
        place = min(max(WEIGHTS.index(self.smoothing) + steps, 0), len(WEIGHTS) - 1)
        return replace(self, smoothing=WEIGHTS[place])

    def words(self) -> list[str]:
        """What is set, for people."""
        smoothing = f"smoothing {self.smoothing:g}" if self.smoothing else "not smoothed"
        return [f"by {self.axis}", smoothing, _SAID[self.parts]]


def _after(values: tuple[_Value, ...], value: _Value) -> _Value:
    return values[(values.index(value) + 1) % len(values)]
