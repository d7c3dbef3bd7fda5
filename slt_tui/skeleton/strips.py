"""A clip over time in one row: which frames have a part, and where the playhead is."""

# F frames

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PRESENT, PARTLY, ABSENT = "━", "╌", " "
_PLAIN = str.maketrans({PRESENT: "=", PARTLY: "-"})


def presence_row(present_F: NDArray[np.bool_], width: int, *, plain: bool) -> str:
    """A column for each stretch of frames: the part is there, in some of them, or missing."""
    frames = len(present_F)
    if not frames or width <= 0:
        return ABSENT * max(width, 0)
    first = np.arange(width) * frames // width
    last = np.maximum(first + 1, (np.arange(width) + 1) * frames // width)
    total = np.concatenate([[0], np.cumsum(present_F)])
    share = (total[last] - total[first]) / (last - first)
    row = "".join(PRESENT if part == 1 else PARTLY if part > 0 else ABSENT for part in share.tolist())
    return row.translate(_PLAIN) if plain else row


def column_of(frame: int, frames: int, width: int) -> int:
    """The column that a frame lies in, of as many as ``presence_row`` has."""
    return min(max(0, frame) * width // max(1, frames), max(0, width - 1))


def frame_of(column: int, frames: int, width: int) -> int:
    """The first frame of a column."""
    frame = -(-max(0, column) * frames // max(1, width))
    return min(frame, max(0, frames - 1))
