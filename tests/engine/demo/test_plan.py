"""Which word goes to which split and alphabet."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from slt_engine.clips.errors import DataError
from slt_engine.demo.plan import PlannedClip, Recipe, plan_clips

LATIN = set("abcdefghijklmnopqrstuvwxyz")
LETTERS = {"ssp": LATIN | {"ñ"}, "mfs": LATIN | {"ñ"}, "ase": LATIN, "gsg": LATIN}
WORDS = [a + b + "o" for a in "bcdfghjklm" for b in ("a", "e", "ñi", "ñu", "u")]
RECIPE = Recipe(held_out=10)


def by_split(clips: list[PlannedClip]) -> dict[str, list[PlannedClip]]:
    splits: dict[str, list[PlannedClip]] = defaultdict(list)
    for clip in clips:
        splits[clip.split].append(clip)
    return splits


def test_no_word_is_in_two_splits() -> None:
    splits = by_split(plan_clips(WORDS, LETTERS, RECIPE))
    words = [{clip.word for clip in splits[name]} for name in ("train", "val", "test")]
    assert [len(group) for group in words] == [30, 10, 10]
    assert len(set.union(*words)) == 50


def test_unseen_spells_the_test_words_that_its_alphabet_can() -> None:
    splits = by_split(plan_clips(WORDS, LETTERS, RECIPE))
    expected = [clip.word for clip in splits["test"] if "ñ" not in clip.word]
    assert [clip.word for clip in splits["unseen"]] == expected
    assert {clip.alphabet for clip in splits["unseen"]} == {"gsg"}
    assert 0 < len(expected) < 10


def test_a_word_goes_only_to_an_alphabet_that_has_its_letters() -> None:
    clips = plan_clips(WORDS, LETTERS, RECIPE)
    assert all(set(clip.word) <= LETTERS[clip.alphabet] for clip in clips)
    assert {clip.alphabet for clip in clips} == set(LETTERS)


def test_a_word_that_no_alphabet_can_spell_is_left_out() -> None:
    letters = dict.fromkeys(LETTERS, LATIN)
    assert not any("ñ" in clip.word for clip in plan_clips(WORDS, letters, RECIPE))


def test_several_clips_of_a_word_are_in_different_alphabets_and_all_train() -> None:
    clips = plan_clips(WORDS, LETTERS, Recipe(held_out=10, clips_per_word=2))
    alphabets = defaultdict(list)
    for clip in by_split(clips)["train"]:
        alphabets[clip.word].append(clip.alphabet)
    assert all(len(set(names)) == 2 for names in alphabets.values())
    assert len(by_split(clips)["val"]) == 10


def test_ids_are_plain_and_none_is_used_twice_even_for_ano_and_año() -> None:
    words = ["ano", "año", *WORDS]
    recipe = Recipe(alphabets=("ssp",), held_out=10, clips_per_word=3)
    ids = [clip.clip_id for clip in plan_clips(words, LETTERS, recipe)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]{3}_[a-z]+_\d{4}", clip_id) for clip_id in ids)
    assert sum(clip_id.startswith("ssp_ano_") for clip_id in ids) >= 2


def test_the_seed_decides_and_nothing_else() -> None:
    assert plan_clips(WORDS, LETTERS, RECIPE) == plan_clips(WORDS, LETTERS, RECIPE)
    assert plan_clips(WORDS, LETTERS, RECIPE) != plan_clips(WORDS, LETTERS, Recipe(held_out=10, seed=1))


def test_fewer_training_words_leave_the_held_out_ones_as_they_are() -> None:
    few = by_split(plan_clips(WORDS, LETTERS, Recipe(held_out=10, train_words=5)))
    assert len(few["train"]) == 5
    assert {clip.word for clip in few["test"]} == {
        clip.word for clip in by_split(plan_clips(WORDS, LETTERS, RECIPE))["test"]
    }


@pytest.mark.parametrize("held_out", [25, 40])
def test_too_few_words_are_refused(held_out: int) -> None:
    with pytest.raises(DataError, match="50 words are too few"):
        plan_clips(WORDS, LETTERS, Recipe(held_out=held_out))
