"""Table: a file's series, put into columns as the rows come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slt_engine.run.record import Row
from slt_tui.series.columns import Column, Columns
from slt_tui.series.keys import Axis, Grain, SeriesKey
from slt_tui.series.names import AXES, AXIS_NAMES, is_shown, place
from slt_tui.series.rows import Batch, Shape, batches

_MOST_SERIES = 2000  # a file with more names than that has no series, but data for names
_MOST_LAYOUTS = 5000
_MOST_EXPECTED = 1 << 22  # rows; an estimate from the first lines may be far off


@dataclass(frozen=True)
class Layout:
    """Where the values of a shape go: the column of each axis and of each series in its array."""

    grain: Grain
    axes: dict[Axis, int]
    series: dict[SeriesKey, int]


class Table:
    """Series of one file. Those that always came in the same rows share their columns."""

    def __init__(self) -> None:
        self.columns: list[Columns] = []
        self.began: float | None = None
        """The time of the first row that has one; the columns' times are counted from it."""
        self._rows = 0
        self._layouts: dict[Shape, Layout] = {}
        self._paths: dict[SeriesKey, str] = {}  # which name in the file a series has
        self._numbered: set[SeriesKey] = set()
        self._homes: dict[SeriesKey, Columns] = {}

    @property
    def keys(self) -> list[SeriesKey]:
        """Every series that had a number at least once."""
        return list(self._numbered)

    def home(self, key: SeriesKey) -> Columns | None:
        """The columns that a series lies in."""
        return self._homes.get(key) if key in self._numbered else None

    def add(self, rows: Sequence[Row], *, share: float = 1.0) -> bool:
        """Take rows on; ``share`` of the file is read with them. Whether any number was in them."""
        if not rows:
            return False
        in_order = sorted(batches(rows), key=lambda batch: batch.numbers[0])
        arrived = [(batch, layout) for batch in in_order if (layout := self._layout(batch.shape)).series]
        for batch, layout in arrived:
            self._settle(layout)
            self._note(batch, layout)
        by_columns: dict[Columns, list[tuple[Batch, Layout]]] = {}
        for batch, layout in arrived:
            for columns in self._homes_of(layout):
                by_columns.setdefault(columns, []).append((batch, layout))
        for columns, mine in by_columns.items():
            self._give(columns, mine, share)
        self._rows += len(rows)
        return bool(arrived)

    def _layout(self, shape: Shape) -> Layout:
        if shape not in self._layouts:
            if len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            self._layouts[shape] = self._laid_out(shape)
        return self._layouts[shape]

    def _laid_out(self, shape: Shape) -> Layout:
        columns = {path: column for column, path in enumerate(shape.paths)}
        found = (
            (axis, next((columns[name] for name in AXES[axis] if name in columns), None)) for axis in AXES
        )
        axes = {axis: column for axis, column in found if column is not None}
        by_epoch = "epoch" in axes and (shape.is_epoch or "step" not in axes)
        grain: Grain = "epoch" if by_epoch else "step"
        keys = (
            (self._key(path, grain), column) for path, column in columns.items() if path not in AXIS_NAMES
        )
        return Layout(grain, axes, {key: column for key, column in keys if key is not None})

    def _key(self, path: str, grain: Grain) -> SeriesKey | None:
        """The series of a path; its whole name where another path has the shorter one."""
        metric, part = place(path)
        for name in (metric, path):
            key = SeriesKey(name, part, grain)
            if self._paths.get(key, path) == path:
                return self._taken(key, path)
        return None

    def _taken(self, key: SeriesKey, path: str) -> SeriesKey | None:
        if key not in self._paths and (len(self._paths) >= _MOST_SERIES or not is_shown(key.metric)):
            return None
        self._paths[key] = path
        return key

    def _settle(self, layout: Layout) -> None:
        """See that the layout's series lie in columns that hold no other."""
        for columns in self._homes_of(layout):
            here = [key for key in columns.keys if key in layout.series]
            if len(here) < len(columns.keys):
                self._house(columns.split(here))
        if homeless := [key for key in layout.series if key not in self._homes]:
            self._house(Columns(layout.grain, homeless))

    def _homes_of(self, layout: Layout) -> list[Columns]:
        """The columns that the layout's series lie in, each once."""
        return list(dict.fromkeys(self._homes[key] for key in layout.series if key in self._homes))

    def _house(self, columns: Columns) -> None:
        self.columns.append(columns)
        self._homes |= dict.fromkeys(columns.keys, columns)

    def _note(self, batch: Batch, layout: Layout) -> None:
        """Remember when the file began and which series have numbers."""
        if self.began is None and "time" in layout.axes:
            self.began = float(batch.values_RV[0, layout.axes["time"]])
        for key, column in layout.series.items():
            if key not in self._numbered and not np.isnan(batch.values_RV[:, column]).all():
                self._numbered.add(key)

    def _give(self, columns: Columns, arrived: list[tuple[Batch, Layout]], share: float) -> None:
        parts = [self._picked(columns, batch, layout) for batch, layout in arrived]
        block = parts[0] if len(parts) == 1 else _in_order(parts, [batch for batch, _ in arrived])
        rows = len(columns) + len(block[0])
        expected = min(_MOST_EXPECTED, int(rows / share * 1.02)) if 0.0 < share < 1.0 else 0
        columns.add(block, expected=expected)

    def _picked(self, columns: Columns, batch: Batch, layout: Layout) -> list[Column]:
        """The batch's values in the order of the columns."""
        axes = [self._axis(axis, batch, layout) for axis in AXES]
        return [*axes, *(batch.values_RV[:, layout.series[key]] for key in columns.keys)]

    def _axis(self, axis: Axis, batch: Batch, layout: Layout) -> Column:
        if axis in layout.axes:
            values = batch.values_RV[:, layout.axes[axis]]
            return values - (self.began or 0.0) if axis == "time" else values
        if axis == "step" and layout.grain == "step":
            return (batch.numbers + (self._rows + 1)).astype(np.float64)
        return np.full(len(batch.numbers), np.nan)


def _in_order(parts: list[list[Column]], arrived: list[Batch]) -> list[Column]:
    """The rows of several batches as they stood in the file."""
    order = np.argsort(np.concatenate([batch.numbers for batch in arrived]))
    return [np.concatenate(column)[order] for column in zip(*parts, strict=True)]
