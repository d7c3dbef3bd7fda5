"""What an epoch of training does to its clips and batches, whoever reads them and in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from slt_engine.data.augment import Augmentation
from slt_engine.data.dataset import ClipDataset, Sample
from slt_engine.data.mixing import Mixing, take_streams


@dataclass(frozen=True)
class Changes:
    """Clips change with (seed, epoch, clip), the streams that a batch exchanges with (seed, epoch, batch)."""

    augmentation: Augmentation
    mixing: Mixing
    epoch: int

    def lengths(self, dataset: ClipDataset) -> tuple[int, ...]:
        """The frames of each clip."""
        return self.augmentation.lengths(dataset, epoch=self.epoch)

    def read(
        self, dataset: ClipDataset, clips: Sequence[int], places: Sequence[int], *, batch: int
    ) -> list[Sample]:
        """The samples at ``places`` of a batch of ``clips``; of the others what those take. Raises DataError."""

        @cache
        def sample(place: int) -> Sample:
            return self.augmentation.read(dataset, clips[place], epoch=self.epoch)

        donors = self.mixing.draw(len(clips), epoch=self.epoch, batch=batch)
        return [
            take_streams(sample(place), {stream: sample(given[place]) for stream, given in donors.items()})
            for place in places
        ]
