"""A procedural signer as a data set: crops, pose, keypoints and glosses that all carry the same sentences.

Nothing is downloaded. Every stream alone tells the text (signer.py says how). In every third clip one hand is
lost for a few frames, fewer than a sign lasts: confidence 0 in the keypoints, black crops.
"""

# T frames, P landmarks, C = x, y, confidence

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from slt_engine.demo import directory, signer
from slt_engine.demo.chance import clip_rng
from slt_engine.demo.crops import STREAMS, Look, write_crops
from slt_engine.demo.files import (
    INDEX,
    KEYPOINTS,
    POSE,
    ClipRow,
    make_folders,
    write_keypoints,
    write_pose,
    write_tables,
)
from slt_engine.demo.grammar import LABELS, PlannedSentence, plan_sentences
from slt_engine.demo.motion import film
from slt_engine.demo.progress import counted
from slt_engine.demo.skeleton import LEFT_HAND, MSKA_79, RIGHT_HAND, Array, Body, landmarks
from slt_engine.demo.skeleton import POSE as POSE_LANDMARKS

LAYOUT = "mska_79"
FPS = 25.0
SIDE = 500
"""Pixels of the square picture that the signer is supposed to be in."""
ABOUT = """A procedural signer; written by slt data demo --synthetic, complete.
Beside it: index/test.csv, and crops in processed/face, processed/hand_l and processed/hand_r."""
HOLE_EVERY = 3
HOLE_FRAMES = (3, 5)
SIGNERS = (
    (Body(), Look(skin=(224, 172, 135), hair=(60, 40, 30), backdrop=(70, 95, 120))),
    (
        Body(shoulders=0.34, head=0.105, hand=0.095),
        Look(skin=(141, 92, 60), hair=(20, 18, 18), backdrop=(170, 170, 160)),
    ),
    (
        Body(shoulders=0.27, head=0.115, hand=0.08),
        Look(skin=(245, 206, 178), hair=(190, 150, 70), backdrop=(40, 70, 60)),
    ),
)


@dataclass(frozen=True)
class SyntheticRecipe:
    """Equal recipes give equal files."""

    seed: int = 0
    clips: int = 24
    size: int = 224
    """Pixels of a crop's side."""


def build_synthetic(out: Path, recipe: SyntheticRecipe | None = None) -> Path:
    """Build the data set in ``out``, unless it is there already; returns the path of its config file.

    Raises DataError when ``out`` holds something else, or for too few clips.
    """
    recipe = recipe or SyntheticRecipe()
    fingerprint = {"kind": "synthetic", **asdict(recipe)}
    data = data_section(out)
    if directory.is_complete(out, fingerprint):
        return directory.reuse(out, data, about=ABOUT)
    plan = plan_sentences(recipe.clips, signers=len(SIGNERS), seed=recipe.seed)
    with directory.building(out, fingerprint):
        make_folders(out)
        for stream in STREAMS:
            (out / "processed" / stream).mkdir()
        rows = [_write_clip(out, number, clip, recipe) for number, clip in enumerate(counted(plan, "clips"))]
        write_tables(out, rows, fps=FPS)
        return directory.finish(out, data, about=ABOUT)


def data_section(out: Path) -> dict[str, object]:
    """The data section of a config file for this data set; paths are relative when ``out`` is."""
    return {
        "pose_dir": str(out / POSE),
        "keypoints_dir": str(out / KEYPOINTS),
        "keypoint_layout": LAYOUT,
        "gloss_csv": str(out / "gloss.csv"),
        "metadata_csv": str(out / "meta.csv"),
        "train_index": str(out / INDEX / "train.csv"),
        "val_index": str(out / INDEX / "val.csv"),
    }


def _write_clip(out: Path, number: int, clip: PlannedSentence, recipe: SyntheticRecipe) -> ClipRow:
    rng = clip_rng(recipe.seed, clip.clip_id)
    body, look = SIGNERS[clip.signer]
    postures_TD = signer.perform(clip.words, rng).postures_TD
    points_TPC = film(landmarks(postures_TD, body), rng)
    if number % HOLE_EVERY == 0:
        lose_a_hand(points_TPC, rng)
    write_keypoints(out, clip.clip_id, points_TPC[:, MSKA_79], layout=LAYOUT, fps=FPS, side=SIDE)
    write_pose(out, clip.clip_id, points_TPC[:, POSE_LANDMARKS], fps=FPS, side=SIDE)
    eyes_T = postures_TD[:, signer.EYES]
    write_crops(out / "processed", clip.clip_id, points_TPC, eyes_T, look=look, size=recipe.size)
    return ClipRow(
        clip_id=clip.clip_id,
        text=" ".join(clip.words),
        frames=len(points_TPC),
        split=clip.split,
        signer=f"signer{clip.signer}",
        glosses=tuple(word.upper() for word in clip.words),
        labels=tuple(LABELS[word] for word in clip.words),
    )


def lose_a_hand(points_TPC: Array, rng: np.random.Generator) -> None:
    """One hand is not found for a few frames; the pose keeps its wrist, as MediaPipe's does."""
    hand = (LEFT_HAND, RIGHT_HAND)[int(rng.integers(2))]
    frames = int(rng.integers(HOLE_FRAMES[0], HOLE_FRAMES[1] + 1))
    start = int(rng.integers(len(points_TPC) - frames + 1))
    points_TPC[start : start + frames, hand] = 0.0
