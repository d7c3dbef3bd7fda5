"""Samples: the translations of the same few clips, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass

from slt_engine.run.record import Row


@dataclass(frozen=True)
class Sample:
    """A clip as it was translated after an epoch; the glosses only where the model reads them."""

    clip_id: str
    epoch: int
    step: int
    reference: str
    hypothesis: str
    gloss_reference: str = ""
    gloss_hypothesis: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the translation is the reference, word for word."""
        return self.reference.split() == self.hypothesis.split()


class Samples:
    """What the rows of events.jsonl tell; of an epoch that was repeated after a resume, the last word."""

    def __init__(self) -> None:
        self._by_clip: dict[str, dict[int, Sample]] = {}

    @property
    def clips(self) -> list[str]:
        """In the order in which they were first translated."""
        return list(self._by_clip)

    def take(self, row: Row) -> bool:
        """Add a row; whether it was a sample."""
        if row.get("kind") != "sample":
            return False
        sample = _sample(row)
        self._by_clip.setdefault(sample.clip_id, {})[sample.epoch] = sample
        return True

    def of(self, clip_id: str) -> list[Sample]:
        """A clip's translations, the latest epoch first."""
        return sorted(self._by_clip.get(clip_id, {}).values(), key=_epoch, reverse=True)


def _sample(row: Row) -> Sample:
    reference = _text(row, "reference")
    return Sample(
        clip_id=_text(row, "clip_id") or reference,  # what we do not know by name, we know by its text
        epoch=_number(row, "epoch"),
        step=_number(row, "step"),
        reference=reference,
        hypothesis=_text(row, "hypothesis"),
        gloss_reference=_text(row, "gloss_reference"),
        gloss_hypothesis=_text(row, "gloss_hypothesis"),
    )


def _epoch(sample: Sample) -> int:
    return sample.epoch


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _number(row: Row, name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0
