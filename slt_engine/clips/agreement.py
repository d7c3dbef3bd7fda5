"""Whether the streams of a clip are of one recording: their lengths agree to a frame, or a tenth of the longer."""

from __future__ import annotations

from collections.abc import Mapping

LARGEST_DISAGREEMENT = 0.1  # of the longer stream; more means that the two are not of one recording


def find_disagreement(whole: Mapping[str, int], gapped: Mapping[str, int]) -> tuple[str, str] | None:
    """Two streams whose frames do not agree; None where all do.

    ``gapped`` are streams of crops with gaps, which may end early: where nothing was found there is no file.
    """
    longest = max(whole.values(), default=0)
    lengths = {**whole, **{name: frames for name, frames in gapped.items() if frames > longest > 0}}
    for name, frames in lengths.items():
        first = next(iter(lengths))
        if abs(frames - lengths[first]) > max(1, LARGEST_DISAGREEMENT * max(frames, lengths[first])):
            return first, name
    return None
