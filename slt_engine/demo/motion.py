"""How hands move from one posture to the next, and how a camera sees it."""

# T frames, P landmarks, C = x, y, confidence

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ZOOM, TURN_DEG, SHIFT, JITTER = 0.15, 6.0, 0.05, 0.0015
"""The camera: greatest zoom, tilt and shift (share of the picture); how landmarks tremble (deviation)."""
PEAK_SPEED = 1.875
"""Greatest speed of a least-jerk movement against its mean."""


def least_jerk(frames: int) -> NDArray[np.float32]:
    """The share of the way done in each of ``frames`` frames strictly between two postures, at rest in both.

    The course is ``10 u^3 - 15 u^4 + 6 u^5`` (Flash and Hogan, 1985).
    """
    u_T = np.linspace(0.0, 1.0, frames + 2, dtype=np.float32)[1:-1]
    return u_T**3 * (10 - 15 * u_T + 6 * u_T**2)


def film(points_TPC: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The clip through a camera that stands a little nearer, higher or askew, with some trembling.

    Landmarks that were not found stay at 0, 0 with confidence 0.
    """
    turn = np.deg2rad(rng.uniform(-TURN_DEG, TURN_DEG))
    zoom = rng.uniform(1 - ZOOM, 1 + ZOOM)
    shift = rng.uniform(-SHIFT, SHIFT, 2)
    matrix = zoom * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    xy_TPC = (points_TPC[..., :2] - 0.5) @ matrix.T + 0.5 + shift
    xy_TPC += rng.normal(0.0, JITTER, xy_TPC.shape)
    confidence_TP = points_TPC[..., 2:]
    return np.concatenate([xy_TPC * (confidence_TP > 0), confidence_TP], axis=-1).astype(np.float32)
