"""Which clips share a batch: buckets of like length, a pure function of (seed, epoch)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from slt_engine.clips.errors import DataError

Plan = tuple[tuple[int, ...], ...]

_WINDOW = 16  # batches whose clips are sorted together: enough to pad little, few enough to mix well


def plan_batches(
    lengths: Sequence[int],
    *,
    batch_size: int,
    frames_per_batch: int | None = None,
    seed: int = 0,
    epoch: int = 0,
    shuffle: bool = True,
) -> Plan:
    """Batches of clip positions, every clip once. ``lengths`` are frames after sampling.

    A batch holds at most ``batch_size`` clips and ``frames_per_batch`` frames, padding counted. Shuffled:
    random order, sorted by length within windows, batches in random order. Not shuffled: sorted by length.
    """
    _check_frame_budget(lengths, frames_per_batch)
    lengths_N = np.asarray(lengths, np.int64)
    if not shuffle:
        return tuple(_cut(np.argsort(lengths_N, kind="stable"), lengths_N, batch_size, frames_per_batch))
    rng = np.random.default_rng([seed, epoch])
    order_N = rng.permutation(len(lengths_N))
    window = batch_size * _WINDOW
    batches: list[tuple[int, ...]] = []
    for start in range(0, len(order_N), window):
        members = order_N[start : start + window]
        members = members[np.argsort(lengths_N[members], kind="stable")]
        batches += _cut(members, lengths_N, batch_size, frames_per_batch)
    return tuple(batches[position] for position in rng.permutation(len(batches)))


def _check_frame_budget(lengths: Sequence[int], frames_per_batch: int | None) -> None:
    """A DataError when a single clip is longer than a batch may be."""
    if frames_per_batch is not None and max(lengths, default=0) > frames_per_batch:
        raise DataError(
            f"data.frames_per_batch {frames_per_batch} is less than the longest clip, {max(lengths)} frames; "
            "raise it, or lower model.sequence_length"
        )


def _cut(
    members: np.ndarray, lengths_N: np.ndarray, batch_size: int, frames_per_batch: int | None
) -> Iterator[tuple[int, ...]]:
    """Batches from clips sorted by length, so that the newest clip is the longest of its batch."""
    batch: list[int] = []
    for member in members.tolist():
        too_long = frames_per_batch is not None and lengths_N[member] * (len(batch) + 1) > frames_per_batch
        if batch and (len(batch) == batch_size or too_long):
            yield tuple(batch)
            batch = []
        batch.append(member)
    if batch:
        yield tuple(batch)
