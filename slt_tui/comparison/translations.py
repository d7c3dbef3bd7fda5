"""Translations of the same clips by several runs, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from slt_tui.samples import Sample, Samples


class Side(NamedTuple):
    """A clip, its reference, and what each run made of it, in the order of the runs."""

    clip_id: str
    reference: str
    samples: list[Sample | None]


def side_by_side(runs: Sequence[Samples], epoch: int | None = None) -> list[Side]:
    """Every clip that any run translated, those that most runs have first; as of ``epoch``, or the latest."""
    counts: dict[str, int] = {}
    for run in runs:
        for clip_id in run.clips:
            counts[clip_id] = counts.get(clip_id, 0) + 1
    return [_side(clip_id, runs, epoch) for clip_id in sorted(counts, key=lambda clip_id: -counts[clip_id])]


def epochs_of(runs: Iterable[Samples]) -> list[int]:
    """Every epoch of which any run has a translation, in order."""
    return sorted({sample.epoch for run in runs for clip_id in run.clips for sample in run.of(clip_id)})


def _side(clip_id: str, runs: Sequence[Samples], epoch: int | None) -> Side:
    samples = [_as_of(run.of(clip_id), epoch) for run in runs]
    return Side(clip_id, next((sample.reference for sample in samples if sample), ""), samples)


def _as_of(samples: Sequence[Sample], epoch: int | None) -> Sample | None:
    """The sample of that epoch or the latest before; ``samples`` begin with the latest."""
    return next((sample for sample in samples if epoch is None or sample.epoch <= epoch), None)
