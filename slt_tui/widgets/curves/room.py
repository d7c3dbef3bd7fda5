"""How many charts there is room for."""

from __future__ import annotations

from dataclasses import dataclass

_LEAST_WIDTH = 55
_LEAST_HEIGHTS = {1: 13, 2: 16}  # in one column the first three metrics are worth more than height
_MOST_COLUMNS, _MOST_ROWS = 2, 3


@dataclass(frozen=True)
class Room:
    """So many charts beside each other and below each other."""

    columns: int
    rows: int

    @property
    def charts(self) -> int:
        """How many that is."""
        return self.columns * self.rows

    def columns_for(self, count: int) -> int:
        """How many beside each other where there are only so many."""
        return max(1, min(self.columns, -(-count // self.rows)))


def room_for(width: int, height: int) -> Room:
    """The room in so many cells: a chart that can be read needs 55 by 13."""
    columns = min(max(width // _LEAST_WIDTH, 1), _MOST_COLUMNS)
    return Room(columns, min(max(height // _LEAST_HEIGHTS[columns], 1), _MOST_ROWS))
