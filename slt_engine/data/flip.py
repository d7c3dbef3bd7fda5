"""Points as a mirror shows them: left and right change places, x runs the other way."""

# T frames, J points, C channels (x, y, confidence)

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def flip_points(points_TJC: np.ndarray, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
    """The points in image units (0 to 1 inside the picture) mirrored; ``pairs`` are left and right points.

    A point that is missing, and so is all zeros, stays so at its partner's place. Doing it twice gives the points back.
    """
    partner_J = np.arange(points_TJC.shape[1])
    for left, right in pairs:
        partner_J[[left, right]] = right, left
    flipped_TJC = points_TJC[:, partner_J]
    np.subtract(1, flipped_TJC[..., 0], out=flipped_TJC[..., 0], where=flipped_TJC[..., 2] > 0)
    return flipped_TJC
