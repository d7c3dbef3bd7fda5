"""Which word is spelled in which alphabet for which split: no word is in two, but `unseen` repeats test's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from slt_engine.clips.errors import DataError


@dataclass(frozen=True)
class Recipe:
    """What a fingerspelling data set is made from; equal recipes give equal files."""

    seed: int = 0
    alphabets: tuple[str, ...] = ("ssp", "mfs", "ase")
    unseen: str = "gsg"
    held_out: int = 200
    """Words for validation, and as many for test."""
    train_words: int | None = None
    """At most so many words to train on; None takes all that are left."""
    clips_per_word: int = 1
    """Training clips of each training word, in different alphabets as far as they go."""


@dataclass(frozen=True)
class PlannedClip:
    clip_id: str
    word: str
    alphabet: str
    split: str


def plan_clips(
    words: Sequence[str], letters: Mapping[str, Collection[str]], recipe: Recipe
) -> list[PlannedClip]:
    """The clips of every split, in the order of their index files.

    ``letters`` maps each alphabet to the letters it has: a word goes only to alphabets that can spell it.
    Raises DataError when there are too few words.
    """
    rng = np.random.default_rng([recipe.seed, 0])
    spellable = [
        word for word in words if any(set(word).issubset(letters[name]) for name in recipe.alphabets)
    ]
    mixed = [spellable[index] for index in rng.permutation(len(spellable))]
    val, test, train = np.split(np.array(mixed, dtype=object), [recipe.held_out, 2 * recipe.held_out])
    train = train[: recipe.train_words]
    if len(test) < recipe.held_out or len(train) == 0:
        raise DataError(
            f"{len(mixed)} words are too few to hold out {recipe.held_out} twice and train: hold out fewer"
        )
    chosen: list[tuple[str, str, str]] = []
    for split, group, copies in (("train", train, recipe.clips_per_word), ("val", val, 1), ("test", test, 1)):
        for word in group:
            able = [name for name in recipe.alphabets if set(word).issubset(letters[name])]
            order = rng.permutation(len(able))
            chosen += [(split, word, able[order[copy % len(able)]]) for copy in range(copies)]
    chosen += [("unseen", word, recipe.unseen) for word in test if set(word).issubset(letters[recipe.unseen])]
    return _named(chosen)


def _named(chosen: list[tuple[str, str, str]]) -> list[PlannedClip]:
    """Ids in plain ASCII, such as ssp_abeja_0001; ano and año share a stem, the number tells them apart."""
    used: Counter[str] = Counter()
    clips = []
    for split, word, alphabet in chosen:
        stem = f"{alphabet}_{word.replace('ñ', 'n')}"
        used[stem] += 1
        clips.append(PlannedClip(f"{stem}_{used[stem]:04d}", word, alphabet, split))
    return clips
