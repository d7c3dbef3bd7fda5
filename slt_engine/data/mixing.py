"""Streams exchanged between the clips of a training batch; a function of seed, epoch and batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from slt_engine.data.dataset import Sample

Donors = Mapping[str, tuple[int, ...]]
"""Of each stream that is exchanged: from which clip of the batch each clip takes it."""


@dataclass(frozen=True)
class Mixing:
    """The probability with which each stream ("face", "hand_left", "hand_right", "pose") of a batch is exchanged."""

    seed: int
    probabilities: Mapping[str, float]

    def draw(self, clips: int, *, epoch: int, batch: int) -> Donors:
        """Who takes which stream from whom in a batch of ``clips``; a stream that is not exchanged is left out.

        A stream that is exchanged goes round in a ring through all clips in random order, so that none keeps its own.
        """
        drawn = {}
        for place, stream in enumerate(sorted(self.probabilities)):
            rng = np.random.default_rng([self.seed, epoch, batch, place])
            if rng.random() < self.probabilities[stream] and clips > 1:
                ring = rng.permutation(clips)
                donors = np.empty(clips, np.int64)
                donors[ring] = np.roll(ring, 1)
                drawn[stream] = tuple(donors.tolist())
        return drawn


def take_streams(sample: Sample, donors: Mapping[str, Sample]) -> Sample:
    """The sample with each stream of ``donors`` taken from that clip, at its length and with its masks.

    The sample is as long as its longest stream then; a shorter one has nothing after its own end.
    """
    if not donors:
        return sample
    for stream, donor in donors.items():
        sample = replace(
            sample, **(_pose_of(donor) if stream == "pose" else _crops_of(sample, donor, stream))
        )
    return replace(sample, frames=max(_lengths(sample)))


def _pose_of(donor: Sample) -> dict[str, Any]:
    return {"pose_TPC": donor.pose_TPC}


def _crops_of(sample: Sample, donor: Sample, stream: str) -> dict[str, Any]:
    """Everything that either clip has of a stream of crops; what is not computed yet still belongs to the donor."""
    changed = {}
    for name in ("crops_THWC", "features_TF", "crops_found_T", "uncached"):
        own, other = getattr(sample, name), getattr(donor, name)
        kept = {key: value for key, value in own.items() if key != stream}
        changed[name] = {**kept, **({stream: other[stream]} if stream in other else {})}
    return changed


def _lengths(sample: Sample) -> list[int]:
    points = [stream for stream in (sample.keypoints_TJC, sample.pose_TPC) if stream is not None]
    return [len(stream) for stream in (*points, *sample.crops_found_T.values())]
