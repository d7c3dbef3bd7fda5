"""What system.jsonl tells: the latest load of GPUs, trainer and host, and its course over the last minutes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from slt_engine.run.record import Row
from slt_tui.readable import NOTHING, finite, size

STEPS = 60  # in the course
STEP_S = 10.0  # what lies within is shown by its highest value


class Gauge(NamedTuple):
    """A quantity: ``share`` of what is possible, where that is known, and its course, None where nobody looked.

    The course runs from 0 to 1: of what is possible, or of its own highest value.
    """

    name: str
    words: str
    share: float | None
    course: list[float | None]


class Device(NamedTuple):
    """A GPU, the trainer or the host."""

    name: str
    gauges: list[Gauge]


class _Quantity(NamedTuple):
    """Where a value stands in an entry of a row, what is possible, and how it is said."""

    name: str
    key: str
    most: str | float | None
    unit: str


_GPU = (
    _Quantity("use", "utilisation", 100.0, "%"),
    _Quantity("memory", "memory_used_bytes", "memory_total_bytes", "bytes"),
    _Quantity("power", "power_w", None, "W"),
    _Quantity("temperature", "temperature_c", 100.0, "°C"),
)
_HOST = (
    _Quantity("CPU", "cpu_percent", 100.0, "%"),
    _Quantity("memory", "memory_used_bytes", "memory_total_bytes", "bytes"),
)
_PROCESS = (
    _Quantity("CPU", "cpu_percent", None, "% of a core"),
    _Quantity("memory", "memory_used_bytes", "memory_total_bytes", "bytes"),
)


def devices(rows: Iterable[Row]) -> list[Device]:
    """The devices of the latest row, over the last minutes before it."""
    known = [(moment, row) for row in rows if (moment := finite(row.get("time"))) is not None]
    if not known:
        return []
    end, latest = known[-1]
    last = int(end // STEP_S)
    recent = [
        (step, row)
        for moment, row in known
        if 0 <= (step := int(moment // STEP_S) - last + STEPS - 1) < STEPS
    ]
    found = []
    for gpu in _gpus(latest):
        index = gpu.get("index")
        entries = [
            (step, entry) for step, row in recent for entry in _gpus(row) if entry.get("index") == index
        ]
        found.append(Device(f"GPU {index}  {gpu.get('name', '')}".rstrip(), _gauges(_GPU, entries)))
    for name, key, quantities in (("Trainer", "process", _PROCESS), ("Host", "host", _HOST)):
        entries = [(step, row[key]) for step, row in recent if isinstance(row.get(key), Mapping)]
        if entries and key in latest:
            found.append(Device(name, _gauges(quantities, entries)))
    return found


def _gpus(row: Row) -> list[Mapping[str, Any]]:
    gpus = row.get("gpus")
    return [gpu for gpu in gpus if isinstance(gpu, Mapping)] if isinstance(gpus, list) else []


def _gauges(quantities: Sequence[_Quantity], entries: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Gauge]:
    latest = entries[-1][1]
    gauges = []
    for quantity in quantities:
        values = [(step, finite(entry.get(quantity.key))) for step, entry in entries]
        if all(value is None for _, value in values):
            continue
        value, most = values[-1][1], _most(quantity, latest)
        highest = most or max(value for _, value in values if value is not None) or 1.0
        share = None if value is None or most is None else min(1.0, value / most)
        gauges.append(Gauge(quantity.name, _words(value, most, quantity), share, _course(values, highest)))
    return gauges


def _most(quantity: _Quantity, entry: Mapping[str, Any]) -> float | None:
    most = finite(entry.get(quantity.most)) if isinstance(quantity.most, str) else quantity.most
    return most if most and most > 0 else None


def _words(value: float | None, most: float | None, quantity: _Quantity) -> str:
    if value is None:
        return NOTHING
    if quantity.unit == "bytes":
        return size(value) + (f" of {size(most)}" if most else "")
    return f"{value:.0f} {quantity.unit}"


def _course(values: Iterable[tuple[int, float | None]], highest: float) -> list[float | None]:
    course: list[float | None] = [None] * STEPS
    for step, value in values:
        if value is not None:
            course[step] = max(min(1.0, max(0.0, value / highest)), course[step] or 0.0)
    return course
