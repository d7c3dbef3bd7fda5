"""Inks: what the numbers beside a picture's characters stand for."""

from __future__ import annotations

BLANK, TEXT, DIM, TITLE, CROSSHAIR = range(5)
SELECTED = 0x80
"""Added to an ink: on the ground that a selection has."""
_SERIES = 16
_MOST = (SELECTED - _SERIES) // 2


def line_ink(index: int) -> int:
    """The ink of a line."""
    return _SERIES + 2 * (index % _MOST)


def ghost_ink(index: int) -> int:
    """The ink of the raw numbers behind a line."""
    return line_ink(index) + 1


def series_of(ink: int) -> tuple[int, bool] | None:
    """Which line an ink belongs to, and whether to its ghost."""
    return ((ink - _SERIES) // 2, bool(ink % 2)) if ink >= _SERIES else None
