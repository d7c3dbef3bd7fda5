"""Pixels as cells: two pixels a cell in their colours, or a letter that is about as dark."""

# H x W pixels, C channels (red, green, blue)

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

_RAMP = " .:-=+*#%@"
_STEP = (
    8  # colours are rounded to it: neighbours then share a style, and frames that hardly differ are not sent
)


def coloured_rows(picture_HWC: NDArray[np.uint8]) -> list[list[Segment]]:
    """Rows of segments from an even number of pixel rows: the upper pixel over the lower one."""
    coarse_HWC = picture_HWC // _STEP * _STEP
    return [
        [
            Segment("▀", _style(tuple(upper), tuple(lower)))
            for upper, lower in zip(coarse_HWC[y].tolist(), coarse_HWC[y + 1].tolist(), strict=True)
        ]
        for y in range(0, len(coarse_HWC) - 1, 2)
    ]


def lettered_rows(picture_HWC: NDArray[np.uint8], style: Style) -> list[list[Segment]]:
    """The same in letters, the brighter the denser, for a terminal without colours."""
    grey_HW = picture_HWC.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    pairs_HW = (grey_HW[0::2] + grey_HW[1::2]) / 2
    levels_HW = (pairs_HW / 256 * len(_RAMP)).astype(int)
    return [[Segment("".join(_RAMP[level] for level in row), style)] for row in levels_HW]


def _style(upper: tuple[int, ...], lower: tuple[int, ...]) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
