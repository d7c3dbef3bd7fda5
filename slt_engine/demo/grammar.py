"""The sentences of the procedural signer: sixteen Spanish words in one order, each of them one sign."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from slt_engine.clips.errors import DataError

TIMES = ("hoy", "mañana", "siempre")
SUBJECTS = ("mamá", "papá", "José", "Begoña")
VERBS = ("come", "compra", "quiere", "vende")
OBJECTS = ("pan", "piña", "queso", "jamón", "turrón")
WORDS = (*TIMES, *SUBJECTS, *VERBS, *OBJECTS)
LABELS = {word: label for label, word in enumerate(WORDS, start=1)}
HELD_OUT = 6
"""One clip in so many goes to validation, and as many to test."""
FEWEST = 12
"""Clips, so that the training split shows every word."""

Sentence = tuple[str, ...]


@dataclass(frozen=True)
class PlannedSentence:
    clip_id: str
    words: Sentence
    split: str
    signer: int


def plan_sentences(clips: int, *, signers: int, seed: int) -> list[PlannedSentence]:
    """Train, then val, then test; no sentence is in two splits, and every word is in train.

    Past the 320 sentences that there are, training clips repeat theirs. Raises DataError below FEWEST.
    """
    if clips < FEWEST:
        raise DataError(f"{clips} clips cannot show every word: ask for {FEWEST} or more")
    rng = np.random.default_rng([seed, 1])
    sentences = every_sentence()
    mixed = _every_word_first([sentences[index] for index in rng.permutation(len(sentences))])
    held_out = min(clips // HELD_OUT, len(mixed) // HELD_OUT)
    val, test = mixed[-held_out:], mixed[-2 * held_out : -held_out]
    cycle = itertools.cycle(mixed[: -2 * held_out])
    train = list(itertools.islice(cycle, clips - 2 * held_out))
    return [
        PlannedSentence(f"syn_{split}_{number:04d}", words, split, int(rng.integers(signers)))
        for split, group in (("train", train), ("val", val), ("test", test))
        for number, words in enumerate(group)
    ]


def every_sentence() -> list[Sentence]:
    """Subject, verb and object, with or without a time in front."""
    cores = list(itertools.product(SUBJECTS, VERBS, OBJECTS))
    return cores + [(time, *core) for time in TIMES for core in cores]


def _every_word_first(sentences: list[Sentence]) -> list[Sentence]:
    """The same sentences, those first that are needed to have each word at least once."""
    first: list[Sentence] = []
    missing = set(WORDS)
    for size in (4, 3, 2, 1):
        for sentence in sentences:
            if len(missing.intersection(sentence)) >= size:
                first.append(sentence)
                missing.difference_update(sentence)
    chosen = set(first)
    return first + [sentence for sentence in sentences if sentence not in chosen]
