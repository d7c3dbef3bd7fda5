"""The randomness of one clip: a function of the seed and the clip's id, whatever is built before it."""

from __future__ import annotations

import zlib

import numpy as np


def clip_rng(seed: int, clip_id: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(clip_id.encode())])
