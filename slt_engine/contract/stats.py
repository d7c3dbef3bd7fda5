"""Statistics of a data set: lengths, words, glosses, and how much of each stream is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from slt_engine.contract.check import Report

_SEEN = {"hand_l": "left hand", "hand_r": "right hand"}
"""What streams of keypoints are called; crops of the same part may be there all the same."""


@dataclass(frozen=True)
class Spread:
    """How numbers are spread: ``counts`` of equal steps from ``least`` to ``most``."""

    count: int
    least: float
    median: float
    p95: float
    most: float
    counts: tuple[int, ...]

    @classmethod
    def of(cls, values: Iterable[float], bins: int = 32) -> Spread | None:
        """None where there is no value."""
        numbers_N = np.array(list(values), float)
        if not len(numbers_N):
            return None
        counts, _ = np.histogram(numbers_N, bins=bins)
        least, median, p95, most = np.percentile(numbers_N, [0, 50, 95, 100])
        return cls(
            len(numbers_N), float(least), float(median), float(p95), float(most), tuple(counts.tolist())
        )


@dataclass(frozen=True)
class Vocabulary:
    """Words or glosses: how many, how many different ones, those that occur once, the commonest."""

    total: int
    types: int
    once: int
    commonest: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, words: Iterable[str]) -> Vocabulary | None:
        """None where there is no word."""
        counts = Counter(words)
        if not counts:
            return None
        once = sum(count == 1 for count in counts.values())
        return cls(counts.total(), len(counts), once, tuple(counts.most_common(8)))


@dataclass(frozen=True)
class SplitStats:
    """One split, or all clips."""

    clips: int
    frames: Spread | None
    words_a_text: Spread | None
    words: Vocabulary | None
    glosses: Vocabulary | None
    unknown_words: int | None
    """Words of the split that no training text has; None for the training split and without one."""
    seen: Mapping[str, Spread]
    """The share of a clip's frames that show a stream, by stream."""


def split_stats(report: Report) -> dict[str, SplitStats]:
    """Statistics by split, those of all clips under "all"."""
    tables = report.tables
    splits = {"all": list(tables.clips())} | {name: list(lines) for name, lines in tables.indexes.items()}
    trained = {word for clip in splits.get("train", ()) for word in _words(report, clip)}
    return {name: _stats(report, name, clips, trained) for name, clips in splits.items()}


def record_of(stats: SplitStats) -> dict[str, Any]:
    """The same as JSON has it."""
    from dataclasses import asdict

    return asdict(stats)


def _stats(report: Report, name: str, clips: Sequence[str], trained: set[str]) -> SplitStats:
    words = [word for clip in clips for word in _words(report, clip)]
    lengths = [next(iter(report.frames[clip].values())) for clip in clips if clip in report.frames]
    glosses = report.tables.glosses
    tokens = [token for clip in clips if clip in glosses for token in glosses[clip][1].tokens]
    streams = dict.fromkeys(stream for clip in clips for stream in report.shares.get(clip, ()))
    seen = {
        f"{_SEEN.get(stream, stream)} points": spread
        for stream in streams
        if (spread := Spread.of([report.shares[clip][stream] for clip in clips if clip in report.shares]))
    }
    return SplitStats(
        clips=len(clips),
        frames=Spread.of(lengths),
        words_a_text=Spread.of([len(_words(report, clip)) for clip in clips if clip in report.tables.texts]),
        words=Vocabulary.of(words),
        glosses=Vocabulary.of(tokens),
        unknown_words=len(set(words) - trained) if trained and name not in ("all", "train") else None,
        seen=seen,
    )


def _words(report: Report, clip: str) -> list[str]:
    row = report.tables.texts.get(clip)
    return row.text.lower().split() if row else []
