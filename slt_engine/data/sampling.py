"""Which frames of a clip are read."""

from __future__ import annotations

import numpy as np


def sample_frames(frames: int, *, stride: int, sequence_length: int, stretch: float = 1.0) -> np.ndarray:
    """Int64 indices, never falling, of the frames kept of a clip of ``frames``: every ``stride``-th, then at most
    ``sequence_length`` of those, evenly. A clip that is short enough keeps its own length; none is repeated.

    ``stretch`` makes the clip that many times as long before: nearest frames, so that above 1 some are repeated.
    """
    kept = np.arange(0, stretched_length(frames, stretch), stride)
    if len(kept) > sequence_length:
        kept = kept[np.rint(np.linspace(0, len(kept) - 1, sequence_length)).astype(np.int64)]
    return follow_frames(kept, stretched_length(frames, stretch), other_frames=frames)


def sampled_length(frames: int, *, stride: int, sequence_length: int, stretch: float = 1.0) -> int:
    """How many frames ``sample_frames`` keeps."""
    return min(-(-stretched_length(frames, stretch) // stride), sequence_length)


def stretched_length(frames: int, stretch: float) -> int:
    """Frames of a clip that is made ``stretch`` times as long; one at least."""
    return max(1, round(frames * stretch))


def follow_frames(indices: np.ndarray, frames: int, *, other_frames: int) -> np.ndarray:
    """The same moments of the clip in a stream that has ``other_frames`` instead of ``frames``."""
    if frames == other_frames:
        return indices
    return np.rint(indices * ((other_frames - 1) / max(frames - 1, 1))).astype(np.int64)
