"""All points of plots as CSV or JSON, one row a point: series, x, y. What is zoomed out of view is in it, too."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

from slt_tui.chart.line import Line, PointsLike
from slt_tui.chart.plot import Plot


def to_csv(plots: Sequence[Plot]) -> str:
    """A heading and a row a point; an empty field is a gap, ``raw`` what a smoothed value came from."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    smoothed = any(line.ghost is not None for plot in plots for line in plot.lines)
    writer.writerow(["metric", "series", plots[0].axis if plots else "x", "value", *(["raw"] * smoothed)])
    for plot in plots:
        for line in plot.lines:
            columns = [_numbers(line.points.x), _numbers(line.points.y)]
            if smoothed:
                columns.append(_numbers((line.ghost or line.points).y))
            for row in zip(*columns, strict=True):
                writer.writerow([plot.metric, line.label, *("" if value is None else value for value in row)])
    return text.getvalue()


def to_json(plots: Sequence[Plot]) -> str:
    """The same as an object a series, null being a gap."""
    series = [_document(plot, line) for plot in plots for line in plot.lines]
    return json.dumps({"series": series}, ensure_ascii=False, allow_nan=False) + "\n"


def _document(plot: Plot, line: Line) -> dict[str, Any]:
    document = {"metric": plot.metric, "series": line.label, "axis": plot.axis}
    return {**document, **_values(line.points), **({"raw": _numbers(line.ghost.y)} if line.ghost else {})}


def _values(points: PointsLike) -> dict[str, list[float | int | None]]:
    return {"x": _numbers(points.x), "y": _numbers(points.y)}


def _numbers(values: Any) -> list[float | int | None]:
    """Numbers as people write them: 3 rather than 3.0, None for what is none."""
    numbers: list[float | int | None] = []
    for value in values.tolist():
        if not math.isfinite(value):
            numbers.append(None)
        else:
            numbers.append(int(value) if value.is_integer() and abs(value) < 1e15 else value)
    return numbers
