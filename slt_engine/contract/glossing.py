"""Gloss vocabulary and CTC labels from the glosses that a table writes out."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import read_column, read_glosses, read_header, read_ids


@dataclass(frozen=True)
class Labelled:
    """Glosses by clip, and each gloss's label from 1; ``lacking`` are the clips without glosses."""

    glosses: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, int]
    lacking: tuple[str, ...]

    def rows(self) -> list[tuple[str, str, str]]:
        """The rows of a gloss.csv: video_id, gloss, ctc_labels."""
        return [
            (clip_id, " ".join(tokens), " ".join(str(self.labels[token]) for token in tokens))
            for clip_id, tokens in self.glosses.items()
        ]


def label_table(
    path: Path, *, column: str = "gloss", trained: Collection[str] | None = None, kept: Path | None = None
) -> Labelled:
    """The glosses in ``column`` of a table with a video_id, parted by blanks, and their labels.

    Labels fall with frequency, glosses of the clips in ``trained`` first. A gloss.csv ``kept`` keeps its labels, and
    glosses that it does not have come after them. Raises DataError.
    """
    if column not in (header := read_header(path)):
        raise DataError(f"{path}: has no column {column} but {', '.join(header)}; name the one with --column")
    texts = read_column(path, column)
    glosses = {clip_id: tokens for clip_id, text in texts.items() if (tokens := _tokens(text))}
    if not glosses:
        raise DataError(f"{path}: column {column} is empty; write glosses into it, parted by blanks")
    labels = _known_labels(kept) if kept else {}
    after = max(labels.values(), default=0)
    new = [token for token in rank_glosses(glosses, trained) if token not in labels]
    labels |= {token: label for label, token in enumerate(new, after + 1)}
    return Labelled(glosses, labels, tuple(clip_id for clip_id in read_ids(path) if clip_id not in glosses))


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", text).split())


def rank_glosses(glosses: Mapping[str, Sequence[str]], trained: Collection[str] | None) -> list[str]:
    """Glosses that are trained on first, by falling frequency, then in alphabetical order."""
    counts = Counter(token for tokens in glosses.values() for token in tokens)
    learnt = {
        token for clip_id, tokens in glosses.items() if trained and clip_id in trained for token in tokens
    }
    return sorted(counts, key=lambda token: (token not in learnt, -counts[token], token))


def _known_labels(path: Path) -> dict[str, int]:
    labels: dict[str, int] = {}
    for clip_id, gloss in read_glosses(path).items():
        for token, label in zip(gloss.tokens, gloss.labels, strict=True):
            if labels.setdefault(token, label) != label:
                raise DataError(
                    f'{path}: "{token}" has label {labels[token]} and, in "{clip_id}", {label}; give it one'
                )
    return labels
