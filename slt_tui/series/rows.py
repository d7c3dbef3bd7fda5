"""Rows of JSON objects -> batches of numbers: rows of one shape turn into one array."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from slt_engine.run.record import Row
from slt_tui.series.names import AXIS_NAMES

# R rows, V values of each
_DEEPEST = 6  # levels of nesting; what lies deeper is passed over
_NUMERIC = {int, float, type(None)}
_Value = float | int | None


class Shape(NamedTuple):
    """What rows have in common: their values' paths, and whether they are an epoch's, as the engine writes them."""

    paths: tuple[str, ...]
    is_epoch: bool = False


class Batch(NamedTuple):
    """Rows of one shape: which they are, counted in the block, rising, and their values; null is NaN."""

    shape: Shape
    numbers: NDArray[np.int64]
    values_RV: NDArray[np.float64]


def batches(rows: Sequence[Row]) -> list[Batch]:
    """The numbers of all rows, by shape. Strings, lists and booleans are passed over, and a best score so far."""
    together: list[Batch] = []
    apart: list[int] = []
    for names, numbers in _shapes(rows).items():
        if not names:
            continue
        same = rows if len(numbers) == len(rows) else [rows[number] for number in numbers]
        values_RV = _as_array(chain.from_iterable(map(dict.values, same)), (len(same), len(names)))
        if values_RV is None or not _axes_are_finite(names, values_RV):
            apart += numbers
        else:
            together.append(Batch(Shape(names), np.array(numbers), values_RV))
    return together + _flattened(rows, sorted(apart))


def _flattened(rows: Sequence[Row], numbers: Sequence[int]) -> list[Batch]:
    """The batches of rows that hold more than numbers."""
    flat = {number: _flat(rows[number]) for number in numbers}
    shapes = ((number, Shape(tuple(flat[number]), _is_epoch(rows[number]))) for number in numbers)
    found = []
    for shape, same in _by_shape(shapes).items():
        if not shape.paths:
            continue
        values = chain.from_iterable(flat[number].values() for number in same)
        values_RV = _as_array(values, (len(same), len(shape.paths)))
        assert values_RV is not None, "only numbers are left"
        found.append(Batch(shape, np.array(same), values_RV))
    return found


def _shapes(rows: Sequence[Row]) -> Mapping[tuple[str, ...], Sequence[int]]:
    """Which rows have the same keys in the same order; most often all."""
    first = list(rows[0])
    # No row has a key twice, so the keys one after the other can repeat the first row's only row by row.
    if list(chain.from_iterable(rows)) == first * len(rows):
        return {tuple(first): range(len(rows))}
    return _by_shape(enumerate(map(tuple, rows)))


def _by_shape(shapes: Iterable[tuple[int, Any]]) -> dict[Any, list[int]]:
    by_shape: dict[Any, list[int]] = {}
    for number, shape in shapes:
        by_shape.setdefault(shape, []).append(number)
    return by_shape


def _as_array(values: Iterable[Any], size: tuple[int, int]) -> NDArray[np.float64] | None:
    """Values as numbers, those that are not finite as NaN; None where one is no number and not null."""
    flat = list(values)
    kinds = set(map(type, flat))
    if not kinds <= _NUMERIC:
        return None
    try:
        values_RV = _nullable(flat) if type(None) in kinds else _plain(flat)
    except (OverflowError, struct.error):  # an integer beyond every float
        return None
    is_infinite = np.isinf(values_RV)
    return (np.where(is_infinite, np.nan, values_RV) if is_infinite.any() else values_RV).reshape(size)


def _plain(numbers: list[float]) -> NDArray[np.float64]:
    """As np.array does, in half the time."""
    return np.frombuffer(struct.pack(f"{len(numbers)}d", *numbers), np.float64)


def _nullable(values: list[_Value]) -> NDArray[np.float64]:
    return np.array(values, object).astype(np.float64)


def _axes_are_finite(names: Sequence[str], values_RV: NDArray[np.float64]) -> bool:
    columns = [column for column, name in enumerate(names) if name in AXIS_NAMES]
    return bool(np.isfinite(values_RV[:, columns]).all())


def _is_epoch(row: Row) -> bool:
    return "epoch" in row and any(isinstance(row.get(part), dict) for part in ("train", "val"))


def _flat(row: Row) -> dict[str, _Value]:
    """Every number and null of a row by its path; axes only where they are finite numbers."""
    flat: dict[str, _Value] = {}
    training = row.get("train")
    repeated = training if isinstance(training, dict) else {}  # the guide reads them at the top, too
    for name, value in row.items():
        if name == "best" or (name in repeated and name not in AXIS_NAMES):
            continue
        _put(flat, name, value, 1)
    return flat


def _put(flat: dict[str, _Value], path: str, value: Any, depth: int) -> None:
    if isinstance(value, dict):
        if depth < _DEEPEST:
            for name, inner in value.items():
                _put(flat, f"{path}/{name}", inner, depth + 1)
    elif value is None:
        if path not in AXIS_NAMES:
            flat[path] = None
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = _to_float(value)
        if path not in AXIS_NAMES or np.isfinite(number):
            flat[path] = number


def _to_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("nan")
