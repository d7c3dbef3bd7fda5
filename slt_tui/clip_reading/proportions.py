"""How wide a picture is by its height, judged by the signer where no file says."""

# F frames, J points

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

SIGNING_SPACE = 6 / 7  # signing_space_v1 divides x by 6 units and y by 7
_USUAL = (9 / 16, 3 / 4, 1.0, 4 / 3, 16 / 9)
# Width between the shoulders by the height of the nose over them: 2.0 and 2.3 in recordings of known proportions.
_SHOULDERS_BY_NECK = 2.0


def guess_aspect(
    points_FJ2: NDArray[np.float32], found_FJ: NDArray[np.bool_], upright: tuple[int, int, int] | None
) -> float:
    """The usual proportion that makes the signer's shoulders as wide as people's; 1 where they are unknown.

    ``upright`` are the nose and both shoulders; points are in shares of the picture's width and height.
    """
    if upright is None:
        return 1.0
    seen_F = found_FJ[:, upright].all(axis=1)
    if not seen_F.any():
        return 1.0
    nose_F2, left_F2, right_F2 = (points_FJ2[seen_F, point] for point in upright)
    across = float(np.median(np.abs(left_F2[:, 0] - right_F2[:, 0])))
    up = float(np.median((left_F2[:, 1] + right_F2[:, 1]) / 2 - nose_F2[:, 1]))
    if across <= 0 or up <= 0:
        return 1.0
    wanted = math.log(_SHOULDERS_BY_NECK * up / across)
    return min(_USUAL, key=lambda aspect: abs(math.log(aspect) - wanted))
