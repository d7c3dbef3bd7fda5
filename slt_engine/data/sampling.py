"""Which frames of a clip are read."""

from __future__ import annotations

import numpy as np


def sample_frames(frames: int, *, stride: int, sequence_length: int) -> np.ndarray:
    """Int64 indices, rising, of the frames kept of a clip of ``frames``: every ``stride``-th, then at most
    ``sequence_length`` of those, evenly. A clip that is short enough keeps its own length; none is repeated.
    """
    kept = np.arange(0, frames, stride)
    if len(kept) <= sequence_length:
        return kept
    return kept[np.rint(np.linspace(0, len(kept) - 1, sequence_length)).astype(np.int64)]


def sampled_length(frames: int, *, stride: int, sequence_length: int) -> int:
    """How many frames ``sample_frames`` keeps."""
    return min(-(-frames // stride), sequence_length)


def follow_frames(indices: np.ndarray, frames: int, *, other_frames: int) -> np.ndarray:
    """The same moments of the clip in a stream that has ``other_frames`` instead of ``frames``."""
    if frames == other_frames:
        return indices
    return np.rint(indices * ((other_frames - 1) / max(frames - 1, 1))).astype(np.int64)
