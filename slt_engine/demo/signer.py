"""The procedural signer's movements: a sentence becomes one posture a frame.

Each of the sixteen words has its own number, and every channel spells out that number by itself: the right
hand's fingers, the left hand's fingers, where each wrist is and how it moves, and the face. So any one stream
tells the text.
"""

# T frames, D posture: the columns named below

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slt_engine.demo.grammar import LABELS, Sentence
from slt_engine.demo.motion import least_jerk

RIGHT_WRIST, LEFT_WRIST = slice(0, 2), slice(2, 4)
"""From the middle of the shoulders, in shoulder widths; x grows towards the signer's left, y downwards."""
RIGHT_FINGERS, LEFT_FINGERS = slice(4, 9), slice(9, 14)
"""Thumb to little finger, 0 folded to 1 stretched."""
RIGHT_TURN, LEFT_TURN, TILT = 14, 15, 16
"""Radians."""
MOUTH_OPEN, MOUTH_WIDE, BROWS, EYES = 17, 18, 19, 20
"""0 to 1."""
WIDTH = 21

PLACES = ((-0.75, -0.55), (-0.8, 0.25), (-0.3, 0.05), (-0.35, 0.75))
"""Of the right wrist; the left one's are their mirror images."""
SIGN_FRAMES, JOIN_FRAMES = (6, 9), (2, 3)
FOLDED = 0.05
TILT_BY, TURN_BY = 0.25, 0.35

Postures = NDArray[np.float32]


@dataclass(frozen=True)
class Performance:
    """``postures_TD`` and, for each word, the half-open range of frames in which it is signed."""

    postures_TD: Postures
    spans: tuple[tuple[int, int], ...]


def perform(words: Sentence, rng: np.random.Generator) -> Performance:
    """The sentence at a speed and size of movement of its own."""
    parts: list[Postures] = []
    spans, at = [], 0
    for word in words:
        frames = int(rng.integers(SIGN_FRAMES[0], SIGN_FRAMES[1] + 1))
        sign_TD = sign(LABELS[word] - 1, frames=frames, size=float(rng.uniform(0.8, 1.2)))
        if parts:
            join_TD = _join(
                parts[-1][-1], sign_TD[0], frames=int(rng.integers(JOIN_FRAMES[0], JOIN_FRAMES[1] + 1))
            )
            parts.append(join_TD)
            at += len(join_TD)
        parts.append(sign_TD)
        spans.append((at, at + frames))
        at += frames
    return Performance(np.concatenate(parts), tuple(spans))


def sign(number: int, *, frames: int, size: float) -> Postures:
    """Word ``number`` (0 to 15) from its first frame to its last, in movements ``size`` times the usual."""
    mirrored = (number * 5 + 3) % 16
    postures_TD = np.zeros((frames, WIDTH), dtype=np.float32)
    postures_TD[:, RIGHT_WRIST] = _course(number, frames=frames, size=size)
    postures_TD[:, LEFT_WRIST] = _course(mirrored, frames=frames, size=size) * (-1, 1)
    postures_TD[:, RIGHT_FINGERS] = _fingers(number)
    postures_TD[:, LEFT_FINGERS] = _fingers(mirrored)
    postures_TD[:, RIGHT_TURN] = TURN_BY * (number % 3 - 1)
    postures_TD[:, LEFT_TURN] = TURN_BY * (mirrored % 3 - 1)
    mouth_open, mouth_wide, brows, tilt = _bits(number)
    postures_TD[:, [MOUTH_OPEN, MOUTH_WIDE, BROWS]] = mouth_open, mouth_wide, brows
    postures_TD[:, TILT] = TILT_BY * (2 * tilt - 1)
    postures_TD[:, EYES] = 1 - _parity(number)
    return postures_TD


def _course(number: int, *, frames: int, size: float) -> NDArray[np.float32]:
    """The right wrist: one of four places, and side to side, up and down, in a circle or still there."""
    place, movement = divmod(number, 4)
    phase_T = np.linspace(0.0, 2 * np.pi, frames)
    reach = 0.22 * size
    across_T = reach * np.sin(phase_T) if movement in (0, 2) else np.zeros(frames)
    down_T = (
        reach * (np.cos(phase_T) if movement == 2 else np.sin(phase_T))
        if movement in (1, 2)
        else np.zeros(frames)
    )
    return (np.stack([across_T, down_T], axis=-1) + PLACES[place]).astype(np.float32)


def _fingers(number: int) -> tuple[float, ...]:
    """Four fingers spell the number in binary, the thumb its parity: any two words differ in two or more."""
    return tuple(max(FOLDED, float(bit)) for bit in (_parity(number), *_bits(number)))


def _bits(number: int) -> tuple[int, int, int, int]:
    return number & 1, number >> 1 & 1, number >> 2 & 1, number >> 3 & 1


def _parity(number: int) -> int:
    return sum(_bits(number)) % 2


def _join(start_D: Postures, end_D: Postures, *, frames: int) -> Postures:
    return start_D + (end_D - start_D) * least_jerk(frames)[:, None]
