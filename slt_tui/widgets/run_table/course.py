"""The course of a score in a few cells, one an epoch."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇"  # not the full one: rows would run into each other
_PLAIN = "_.:|"


def sparkline(course: Sequence[float | None], width: int, *, plain: bool) -> str:
    """The latest values as bars between the least and the largest of them; a gap where there is none."""
    values = course[-width:]
    known = [value for value in values if value is not None]
    if not known:
        return ""
    bars = _PLAIN if plain else _BLOCKS
    low, high = min(known), max(known)
    return "".join(" " if value is None else bars[_level(value, low, high, len(bars))] for value in values)


def columns_of_bars(course: Sequence[float | None], height: int, *, plain: bool) -> list[str]:
    """The same in several lines, the top one first."""
    known = [value for value in course if value is not None]
    if not known:
        return [""] * height
    bars = _PLAIN if plain else _BLOCKS + "█"
    low, high, steps = min(known), max(known), len(bars) * height
    levels = [-1 if value is None else _level(value, low, high, steps) for value in course]
    return [
        "".join(_bar(level - line * len(bars), bars) for level in levels) for line in reversed(range(height))
    ]


def _level(value: float, low: float, high: float, steps: int) -> int:
    return min(steps - 1, int((value - low) / (high - low) * steps)) if high > low else 0


def _bar(level: int, bars: str) -> str:
    return " " if level < 0 else bars[min(level, len(bars) - 1)]
