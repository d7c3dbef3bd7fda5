"""Spanish words fingerspelled with real recordings of single letters: a data set that follows the contract.

The recordings are MediaPipe landmarks from the PyPI package spoken-to-signed (MIT); the words are the BIP-39
list in mnemonic (MIT) and the thousand most frequent forms in Faker (MIT). There is one recording a letter
and alphabet, so train and test share recordings and differ in words, joins, timing and camera.

Of the index's 20 alphabets `fsl` names the very files of `ase`. Among the other 19 no two recordings are the
same, neither byte for byte nor by landmarks: the nearest two of different alphabets lie 10 pixels of 500
apart, as far as two letters of one alphabet. `gsg` (German) is the unseen one: it shares no file with `ssp`,
`mfs` and `ase` (its nearest recording there is 32 pixels away), was filmed at 30 frames a second instead of
25, has all letters but Ñ, and of its 26 hand shapes 20 are nearest to the same letter's in those three.

Texts have no acute accents, as the alphabets sign none (á is signed as a); Ñ is a letter and stays. A word
with Ñ is spelled only in alphabets that have it, so those of test are left out of `unseen`.
"""

# T frames, J joints, P landmarks (33 pose, 21 left hand, 21 right hand), C = x, y, confidence

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from slt_engine.demo import directory
from slt_engine.demo.chance import clip_rng
from slt_engine.demo.files import (
    INDEX,
    KEYPOINTS,
    ClipRow,
    make_folders,
    write_keypoints,
    write_pose,
    write_tables,
)
from slt_engine.demo.letters import Letter, read_letter
from slt_engine.demo.plan import PlannedClip, Recipe, plan_clips
from slt_engine.demo.progress import counted
from slt_engine.demo.sources import check_alphabets, read_lexicon, spanish_words
from slt_engine.demo.spelling import FPS, spell

LAYOUT = "hands_body_48"
JOINTS = (*range(33, 75), 11, 12, 13, 14, 15, 16)
"""Left hand, right hand, shoulders, elbows, wrists, out of the 75 landmarks of a letter."""
SIDE = 500
"""Pixels of the recordings' square picture."""
LABELS = {letter: label for label, letter in enumerate("abcdefghijklmnñopqrstuvwxyz", start=1)}


def build_demo(out: Path, recipe: Recipe | None = None) -> Path:
    """Build the data set in ``out``, unless it is there already; returns the path of its config file.

    Raises DataError when a source package is missing or ``out`` holds something else.
    """
    recipe = recipe or Recipe()
    fingerprint = {"kind": "fingerspelling", **dataclasses.asdict(recipe)}
    data, about = data_section(out), _about(recipe)
    if directory.is_complete(out, fingerprint):
        return directory.reuse(out, data, about=about)
    lexicon = read_lexicon()
    check_alphabets(lexicon, trained=recipe.alphabets, unseen=recipe.unseen)
    clips = plan_clips(spanish_words(), lexicon, recipe)
    letters = _read_letters(lexicon, clips)
    with directory.building(out, fingerprint):
        make_folders(out)
        write_tables(out, _write_clips(out, clips, letters, seed=recipe.seed), fps=FPS)
        return directory.finish(out, data, about=about)


def data_section(out: Path) -> dict[str, object]:
    """The data section of a config file for this data set; paths are relative when ``out`` is."""
    return {
        "keypoints_dir": str(out / KEYPOINTS),
        "keypoint_layout": LAYOUT,
        "gloss_csv": str(out / "gloss.csv"),
        "metadata_csv": str(out / "meta.csv"),
        "train_index": str(out / INDEX / "train.csv"),
        "val_index": str(out / INDEX / "val.csv"),
    }


def _read_letters(
    lexicon: Mapping[str, Mapping[str, Path]], clips: list[PlannedClip]
) -> dict[str, dict[str, Letter]]:
    needed = sorted({(clip.alphabet, letter) for clip in clips for letter in clip.word})
    letters: dict[str, dict[str, Letter]] = {}
    for alphabet, letter in needed:
        letters.setdefault(alphabet, {})[letter] = read_letter(lexicon[alphabet][letter])
    return letters


def _write_clips(
    out: Path, clips: list[PlannedClip], letters: Mapping[str, Mapping[str, Letter]], *, seed: int
) -> list[ClipRow]:
    rows = []
    for clip in counted(clips, "clips"):
        rng = clip_rng(seed, clip.clip_id)
        points_TPC = spell(clip.word, letters[clip.alphabet], rng)
        write_keypoints(out, clip.clip_id, points_TPC[:, JOINTS], layout=LAYOUT, fps=FPS, side=SIDE)
        write_pose(out, clip.clip_id, points_TPC[:, :33], fps=FPS, side=SIDE)
        rows.append(_row(clip, frames=len(points_TPC)))
    return rows


def _row(clip: PlannedClip, *, frames: int) -> ClipRow:
    return ClipRow(
        clip_id=clip.clip_id,
        text=clip.word,
        frames=frames,
        split=clip.split,
        signer=clip.alphabet,
        glosses=tuple(clip.word.upper()),
        labels=tuple(LABELS[letter] for letter in clip.word),
    )


def _about(recipe: Recipe) -> str:
    return (
        f"Spanish words fingerspelled in {', '.join(recipe.alphabets)}; written by slt data demo, complete.\n"
        "Beside it: index/test.csv (words that are not in train), index/unseen.csv (those words in\n"
        f"{recipe.unseen}, an alphabet that is not in train), and processed/pose for data.pose_dir."
    )
