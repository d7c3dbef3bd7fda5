"""A course of shares from 0 to 1 in one line."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇"  # not the full one: lines would run into each other
_PLAIN = "_.-:=+*#"


def course_bars(course: Sequence[float | None], *, plain: bool) -> str:
    """A bar each, and a blank where nothing is known."""
    bars = _PLAIN if plain else _BARS
    return "".join(
        " " if share is None else bars[min(len(bars) - 1, int(share * len(bars)))] for share in course
    )
