"""Colours of series, the same on every screen and in every file; told apart by colour-blind people too."""

from __future__ import annotations

# Okabe and Ito (2008), "Color Universal Design", without its black; the yellow comes late, it is loud.
SERIES = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#5f8dd3", "#b0b0b0")
# The same hues, darker, to be read on a light ground.
SERIES_LIGHT = ("#0072b2", "#b36b00", "#00795a", "#a8508a", "#8a7d00", "#b84a00", "#3a5fa8", "#6a6a6a")
# What tells series apart where there are no colours.
MARKS = ("1", "2", "3", "4", "5", "6", "7", "8")


def series_colour(index: int, *, dark: bool = True) -> str:
    """The colour of the series at ``index``; they come round again after eight."""
    colours = SERIES if dark else SERIES_LIGHT
    return colours[index % len(colours)]


def series_mark(index: int) -> str:
    """What stands for the series at ``index`` where there are no colours."""
    return MARKS[index % len(MARKS)]
