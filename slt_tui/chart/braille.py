"""Dots to braille patterns: two dots across and four down in a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ACROSS, DOWN = 2, 4
BLANK = 0x2800
# Unicode numbers the dots 1 to 3 down the left, 4 to 6 down the right, then 7 and 8 along the bottom.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def patterns(dots: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """The pattern of each cell, 0 where it has no dot; add BLANK for the character."""
    rows, across = dots.shape
    cells = dots.reshape(rows // DOWN, DOWN, across // ACROSS, ACROSS)
    bits = np.zeros((rows // DOWN, across // ACROSS), np.uint32)
    for row, pair in enumerate(_BITS):
        for column, bit in enumerate(pair):
            bits += cells[:, row, :, column] * np.uint32(bit)
    return bits
