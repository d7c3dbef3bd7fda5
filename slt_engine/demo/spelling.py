"""A word, spelled: letters in sequence at changing speed, joined smoothly, seen by a camera of its own."""

# T frames, P landmarks (33 pose, 21 left hand, 21 right hand), C = x, y, confidence

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from slt_engine.demo.letters import LEFT_HAND, Letter, Points, shoulder_width, signing_hand
from slt_engine.demo.motion import PEAK_SPEED, film, least_jerk

FPS = 25.0
SPEED = (0.7, 1.3)
"""How fast a letter is signed, against its recording."""
SHORTEST_LETTER = 6
"""Frames."""
SHORTEST_JOIN, LONGEST_JOIN = 3, 7
"""Frames between two letters."""
JOIN_SPEED = 4.0
"""Shoulder widths a second that a landmark reaches in the middle of a join, where its length allows that."""
SLIDE = 0.15
"""Shoulder widths by which the second of two equal letters moves outwards, which tells ``ll`` from ``l``."""

ARM = {"left": (13, 15, 17, 19, 21), "right": (14, 16, 18, 20, 22)}


def spell(word: str, letters: Mapping[str, Letter], rng: np.random.Generator) -> Points:
    """The word as ``points_TPC`` at FPS, coordinates as a share of the picture's side."""
    parts = [at_speed(letters[letter], speed=rng.uniform(*SPEED)) for letter in word]
    for index in range(1, len(word)):
        if word[index] == word[index - 1]:
            parts[index] = slid(parts[index])
    return film(joined(parts), rng)


def at_speed(letter: Letter, *, speed: float) -> Points:
    """The letter resampled to FPS and played ``speed`` times as fast, at least SHORTEST_LETTER frames."""
    points_TPC = letter.points_TPC
    last = len(points_TPC) - 1
    frames = max(SHORTEST_LETTER, round(last / letter.fps * FPS / speed) + 1)
    at_T = np.linspace(0.0, last, frames)
    before_T = np.minimum(at_T.astype(np.int64), max(last - 1, 0))
    after_T = np.minimum(before_T + 1, last)
    share_T = (at_T - before_T).astype(np.float32)
    return between(points_TPC[before_T], points_TPC[after_T], share_T[:, None])


def slid(points_TPC: Points) -> Points:
    """The same letter with the signing hand and its forearm moved outwards by SLIDE."""
    hand = signing_hand(points_TPC)
    step = SLIDE * shoulder_width(points_TPC) * (1 if hand == LEFT_HAND else -1)
    moved_TPC = points_TPC.copy()
    elbow, *wrist = ARM["left" if hand == LEFT_HAND else "right"]
    moved_TPC[:, hand, 0] += step
    moved_TPC[:, wrist, 0] += step
    moved_TPC[:, elbow, 0] += step / 2
    return moved_TPC


def joined(parts: list[Points]) -> Points:
    """The parts one after the other, with a join between each two."""
    sequence = [parts[0]]
    for part in parts[1:]:
        sequence += [join(sequence[-1][-1], part[0]), part]
    return np.concatenate(sequence)


def join(start_PC: Points, end_PC: Points) -> Points:
    """The frames strictly between two postures, at rest at both ends; the wider the way, the more of them."""
    seen_P = np.minimum(start_PC[:, 2], end_PC[:, 2]) > 0.5
    way = np.linalg.norm(end_PC[seen_P, :2] - start_PC[seen_P, :2], axis=-1).max(initial=0.0)
    steps = PEAK_SPEED * way / shoulder_width(start_PC[None]) / JOIN_SPEED * FPS
    frames = int(np.clip(np.ceil(steps) - 1, SHORTEST_JOIN, LONGEST_JOIN))
    return between(start_PC[None], end_PC[None], least_jerk(frames)[:, None])


def between(start_TPC: Points, end_TPC: Points, share_TP: Points) -> Points:
    """A weighted mean of two postures; a landmark that only one of them has stays there, at confidence 0."""
    seen_start, seen_end = start_TPC[..., 2] > 0, end_TPC[..., 2] > 0
    share_TP = np.where(seen_start & seen_end, share_TP, np.where(seen_end, np.float32(1), np.float32(0)))
    mixed_TPC = start_TPC + (end_TPC - start_TPC) * share_TP[..., None]
    mixed_TPC[..., 2] *= seen_start & seen_end
    return mixed_TPC.astype(np.float32)
