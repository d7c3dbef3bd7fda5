"""Ticks: round numbers along an axis, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from slt_tui.chart.scale import Scale
from slt_tui.readable import FRACTIONS, clock

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
_TIMES = tuple(
    number * unit
    for unit, numbers in (
        (1.0, (1, 2, 5, 10, 15, 30)),
        (_MINUTE, (1, 2, 5, 10, 15, 30)),
        (_HOUR, (1, 2, 3, 6, 12)),
        (_DAY, (1,)),
    )
    for number in numbers
)


class Tick(NamedTuple):
    """A place on an axis and what is written there."""

    value: float
    label: str


def value_ticks(scale: Scale, count: int, *, metric: str = "") -> list[Tick]:
    """About ``count`` ticks of a metric's axis; error rates in percent."""
    times, sign = (100.0, " %") if metric in FRACTIONS else (1.0, "")
    shown = Scale(times * scale.low, times * scale.high, scale.log)
    values = log_ticks(shown.low, shown.high, count) if scale.log else []
    labels = [power_label(value) for value in values]
    if not values:
        values = round_ticks(shown.low, shown.high, count)
        labels = level_labels(values)
    return [Tick(value / times, label + sign) for value, label in zip(values, labels, strict=True)]


def place_ticks(scale: Scale, count: int, *, axis: str) -> list[Tick]:
    """About ``count`` ticks along the bottom: whole steps and epochs, or a time."""
    values = log_ticks(scale.low, scale.high, count) if scale.log else []
    if axis == "time":
        values = values or time_ticks(scale.low, scale.high, count)
        return [Tick(value, label) for value, label in zip(values, time_labels(values), strict=True)]
    least = 1.0 if scale.high - scale.low >= 2 else 0.0
    values = values or round_ticks(scale.low, scale.high, count, least=least)
    return [Tick(value, f"{value:,.0f}" if value == round(value) else f"{value:g}") for value in values]


def round_step(low: float, high: float, count: int) -> float:
    """The 1, 2 or 5 times a power of ten that divides an axis into about ``count`` parts."""
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))


def round_ticks(low: float, high: float, count: int, *, least: float = 0.0) -> list[float]:
    """About ``count`` round numbers from ``low`` to ``high``, no closer together than ``least``."""
    if high <= low:
        return [low]
    return multiples(low, high, max(least, round_step(low, high, count)))


def multiples(low: float, high: float, step: float) -> list[float]:
    """The multiples of ``step`` from ``low`` to ``high``."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Powers of ten, or 1, 2 and 5 times such; none where the axis is too short for two of them."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for factors in ((1, 2, 5), (1,)):
        ticks = [
            float(f"{factor}e{power}")
            for power in range(first, last + 1)
            for factor in factors
            if low * (1 - 1e-9) <= factor * 10.0**power <= high * (1 + 1e-9)
        ]
        if 2 <= len(ticks) <= max(count, 2):
            return ticks
    if len(ticks) < 2:
        return []
    step = math.ceil(len(ticks) / max(count, 2))
    return [tick for tick in ticks if round(math.log10(tick)) % step == 0]


def time_ticks(low: float, high: float, count: int) -> list[float]:
    """Seconds, minutes, hours or days as clocks have them."""
    if high - low < count:  # below a second apart
        return round_ticks(low, high, count)
    raw = (high - low) / count
    days = _DAY * round_step(low / _DAY, high / _DAY, count)
    return multiples(low, high, next((step for step in _TIMES if step >= raw), days))


def time_labels(values: Sequence[float]) -> list[str]:
    """30 s, 5 min, 1:30 h or 2 d, the same unit all along."""
    step = min((right - left for left, right in pairwise(values)), default=_MINUTE)
    longest = max(values, default=0.0)
    if step >= _DAY:
        return [f"{value / _DAY:.0f} d" for value in values]
    if step >= _MINUTE and longest >= 2 * _HOUR:
        return [f"{int(value // _HOUR)}:{round(value % _HOUR / _MINUTE):02} h" for value in values]
    if step >= _MINUTE:
        return [f"{value / _MINUTE:.0f} min" for value in values]
    return (
        [f"{value:g} s" for value in values] if longest < 3 * _MINUTE else [clock(value) for value in values]
    )


def level_labels(values: Sequence[float]) -> list[str]:
    """Numbers with as many decimals as they need to differ: 0.5, 1.0, 1.5; 1,000; 2e-5."""
    size = max((abs(value) for value in values), default=0.0)
    step = min((right - left for left, right in pairwise(values)), default=size)
    if size == 0 or step <= 0:
        return [f"{value:g}" for value in values]
    exponent = math.floor(math.log10(step) + 1e-9)
    if size >= 1e6 or size < 1e-3:
        digits = max(0, math.floor(math.log10(size) + 1e-9) - exponent)
        return [power_label(value, digits) for value in values]
    decimals = max(0, -exponent)
    labels = [f"{value:,.{decimals}f}" for value in values]
    return [f"{values[0]:g}"] if len(labels) == 1 else labels


def power_label(value: float, digits: int | None = None) -> str:
    """0.01, 1, 100, and 1e-5, 2e6 beyond."""
    if digits is None and (value == 0 or 1e-3 <= abs(value) < 1e6):
        return f"{value:,g}" if abs(value) < 1000 else f"{value:,.0f}"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits or 0}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent)}"
