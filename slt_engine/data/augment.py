"""Training clips changed at random: keypoints moved, time warped, sides mirrored, by seed, epoch and clip alone."""

# T frames, J joints, C channels (x, y, confidence)

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from slt_engine.data.dataset import AS_IT_IS, ClipDataset, Sample, View


class Change(NamedTuple):
    """What is done to one clip in one epoch; shifts are in parts of the picture's width and height."""

    view: View = AS_IT_IS
    scale: float = 1.0
    angle_deg: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0

    @property
    def moves(self) -> bool:
        """Whether keypoints are elsewhere than in the file."""
        return (self.scale, self.angle_deg, self.shift_x, self.shift_y) != (1, 0, 0, 0)


@dataclass(frozen=True)
class Augmentation:
    """What may be done to a clip; a range is (low, high), and one that is None does nothing.

    ``shift_range`` is (min_x, max_x, min_y, max_y). Scales and angles are about the centre of the picture where
    ``about_centre``, else about its upper left corner. They act on keypoints alone: the key pose is counted from the
    shoulders already. ``stretch_range`` and ``flip_probability`` act on every stream.
    """

    seed: int
    about_centre: bool = True
    scale_range: tuple[float, float] | None = None
    shift_range: tuple[float, float, float, float] | None = None
    angle_range_deg: tuple[float, float] | None = None
    stretch_range: tuple[float, float] | None = None
    flip_probability: float = 0.0

    @property
    def acts(self) -> bool:
        """Whether anything is ever done."""
        ranges = (self.scale_range, self.shift_range, self.angle_range_deg, self.stretch_range)
        return any(ranges) or self.flip_probability > 0

    def draw(self, clip_id: str, *, epoch: int) -> Change:
        """The change of a clip in an epoch; what one range gives does not depend on which others there are."""
        chances = _generator(self.seed, epoch, clip_id).random(6).tolist()
        shifts = self.shift_range or (0.0, 0.0, 0.0, 0.0)
        return Change(
            view=View(
                stretch=_between(self.stretch_range or (1.0, 1.0), chances[0]),
                flipped=chances[1] < self.flip_probability,
            ),
            scale=_between(self.scale_range or (1.0, 1.0), chances[2]),
            angle_deg=_between(self.angle_range_deg or (0.0, 0.0), chances[3]),
            shift_x=_between(shifts[:2], chances[4]),
            shift_y=_between(shifts[2:], chances[5]),
        )

    def read(self, dataset: ClipDataset, position: int, *, epoch: int) -> Sample:
        """A clip as this epoch shows it. Raises DataError."""
        if not self.acts:
            return dataset[position]
        change = self.draw(dataset.clips[position].clip_id, epoch=epoch)
        sample = dataset.view(position, change.view)
        if sample.keypoints_TJC is None or not change.moves:
            return sample
        moved_TJC = move_points(
            sample.keypoints_TJC, change, aspect=sample.aspect, centre=0.5 if self.about_centre else 0.0
        )
        return replace(sample, keypoints_TJC=moved_TJC)

    def lengths(self, dataset: ClipDataset, *, epoch: int) -> tuple[int, ...]:
        """The frames of each clip in this epoch, without reading any."""
        if self.stretch_range is None:
            return dataset.lengths
        views = (self.draw(clip.clip_id, epoch=epoch).view for clip in dataset.clips)
        return tuple(dataset.viewed_length(position, view) for position, view in enumerate(views))


def move_points(points_TJC: np.ndarray, change: Change, *, aspect: float, centre: float) -> np.ndarray:
    """The points in image units scaled and turned about (``centre``, ``centre``), then shifted.

    The angle is the picture's own: ``aspect`` is its width over its height, and clockwise is positive, since y points
    down. A point that is missing stays so, all zeros, and no confidence changes.
    """
    angle = math.radians(change.angle_deg)
    along, across = change.scale * math.cos(angle), change.scale * math.sin(angle)
    x_TJ, y_TJ = points_TJC[..., 0] - centre, points_TJC[..., 1] - centre
    found_TJ = points_TJC[..., 2] > 0
    moved_TJC = points_TJC.copy()
    moved_TJC[..., 0] = (along * x_TJ - across / aspect * y_TJ + centre + change.shift_x) * found_TJ
    moved_TJC[..., 1] = (across * aspect * x_TJ + along * y_TJ + centre + change.shift_y) * found_TJ
    return moved_TJC


def _generator(seed: int, epoch: int, clip_id: str) -> np.random.Generator:
    of_clip = int.from_bytes(hashlib.blake2b(clip_id.encode(), digest_size=8).digest())
    return np.random.default_rng([seed, epoch, of_clip])


def _between(limits: Sequence[float], chance: float) -> float:
    low, high = limits
    return low + (high - low) * chance
