"""Small files of numbers, as our engine and as others write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slt_tui.series import Axis, Part, RunSeries, SeriesKey
from slt_tui.series.keys import Grain

LOGS = Path(__file__).parents[4] / "shared" / "data" / "logs"


def shared_log(name: str) -> Path:
    """A file that another program wrote; the test is skipped where it is not at hand."""
    path = LOGS / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


def append(path: Path, *rows: Mapping[str, Any] | str | bytes) -> Path:
    """Add rows, and lines as they are, to a journal."""
    with path.open("ab") as file:
        for row in rows:
            line = row if isinstance(row, str | bytes) else json.dumps(row)
            file.write((line if isinstance(line, bytes) else line.encode()) + b"\n")
    return path


def step_row(step: int, loss: float | None = None, **more: object) -> dict[str, object]:
    """A row of steps.jsonl, ten steps an epoch, one step a second."""
    shown = 1.0 / step if loss is None else loss
    return {"step": step, "epoch": 1 + (step - 1) // 10, "time": 1000.0 + step, "loss": shown, **more}


def read(path: Path) -> RunSeries:
    """Everything that is there."""
    series = RunSeries(path)
    load_all(series)
    return series


def load_all(series: RunSeries) -> None:
    """Read on until there is no more."""
    series.load()
    while series.is_behind:
        series.load()


def key(metric: str, part: Part = "train", grain: Grain = "step") -> SeriesKey:
    return SeriesKey(metric, part, grain)


def pairs(series: RunSeries, of: SeriesKey, axis: Axis = "step") -> list[tuple[float, float | None]]:
    """The points of a series; a gap is None."""
    x, y = series.points(of, axis)
    return [
        (place, None if value != value else value)
        for place, value in zip(x.tolist(), y.tolist(), strict=True)
    ]
