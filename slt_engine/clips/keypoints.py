"""Keypoints of a clip from .npz, .npy or .pose, as x and y in image units with a confidence."""

# F frames, J points, C channels (x, y[, z][, confidence])

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from slt_engine.clips.arrays import ArrayFile, open_arrays
from slt_engine.clips.errors import DataError
from slt_engine.clips.holistic import fill_holistic, holistic_points
from slt_engine.clips.layouts import LAYOUTS, Layout, find_layout, layout_of_points
from slt_engine.clips.pose_container import read_pose_container, read_pose_head

SUFFIXES = (".npz", ".npy", ".pose")  # in this order when a clip has several files
SIGNING_SPACE = (
    "signing_space_v1"  # six by seven units, each as far as the nose is from between the shoulders
)
PIXELS, UNIT = ("pixels", "pixel", "px"), ("normalized", "normalised", "unit", "image", SIGNING_SPACE)

_FARTHEST = 100.0  # image units; a landmark outside the picture lies a few units away, a pixel hundreds
_MSL_POSE, _MSL_POINTS = 25, 67


@dataclass(frozen=True)
class Space:
    """The size in which a file's coordinates are counted: the image in pixels, or 1 x 1."""

    width: float = 1.0
    height: float = 1.0


@dataclass(frozen=True)
class RawKeypoints:
    """Values as a file has them: (F, J, C) or flat (F, N), and the space it claims, if it claims one.

    ``size`` is the picture's where the file names it, in pixels or, of the signing space, in its units.
    """

    values: np.ndarray
    in_pixels: bool | None
    size: Space | None


def read_keypoints(path: Path, layout: Layout, *, space: Space | None = None) -> np.ndarray:
    """Float32 (F, J, 3): x and y in image units (0 to 1 inside the picture) and a confidence.

    Files hold x, y; x, y, confidence; or x, y, z, confidence. ``space`` is for one that tells none.
    A point that is missing (not finite, or confidence 0, or without confidences at (0, 0) or (-1, -1)) has
    confidence 0 and both coordinates 0. Raises DataError.
    """
    return points_of(read_raw(path), layout, path, space=space)


def points_of(raw: RawKeypoints, layout: Layout, path: Path, *, space: Space | None = None) -> np.ndarray:
    """The same of values that are read already."""
    points_FJC = mark_missing(shape_points(raw.values, layout, path), path)
    return scale_points(points_FJC, _space_of(raw, path) or space or Space(), path)


def aspect_of(raw: RawKeypoints, space: Space | None = None) -> float:
    """Width over height of what the coordinates are counted in; 1 where neither the file nor ``space`` tells."""
    size = raw.size or space or Space()
    return size.width / size.height


def keypoint_length(path: Path) -> int:
    """Frames of a keypoint file, from its header."""
    return _shape(path)[0]


def layout_of_file(path: Path, name: str = "auto") -> Layout:
    """The layout called ``name``, or with "auto" the one whose number of points ``path`` has."""
    if name != "auto":
        return find_layout(name)
    shape = _shape(path)
    counts = [shape[1]] if len(shape) == 3 else _points_of_flat(shape[1])
    found = [layout for count in counts if (layout := layout_of_points(count))]
    if len(found) != 1:
        raise DataError(
            f"{path}: shape {shape} fits none of the layouts {', '.join(LAYOUTS)}; name a YAML file"
        )
    return found[0]


def read_raw(path: Path) -> RawKeypoints:
    """The values of a keypoint file and what it says about their space."""
    if path.suffix == ".pose":
        head, points_FJC = read_pose_container(path)
        known = head.width > 0 and head.height > 0
        size = Space(float(head.width), float(head.height)) if known else None
        return RawKeypoints(fill_holistic(points_FJC, head.components), known or None, size)
    with open_arrays(path) as arrays:
        values = arrays.read(arrays.table("keypoints"))
        in_pixels, size = _claims(arrays, path)
    if values.ndim not in (2, 3) or not values.size:
        raise DataError(
            f"{path}: shape {values.shape} is neither (frames, points, channels) nor (frames, values)"
        )
    return RawKeypoints(values, in_pixels, size)


def shape_points(values: np.ndarray, layout: Layout, path: Path) -> np.ndarray:
    """Float32 (F, J, 2 or 3) of a layout from (F, J, C), or from a flat (F, J * C); z is left out."""
    frames, points = values.shape[0], layout.points
    if values.ndim == 2 and layout.name == "msl_226" and values.shape[1] == 226:
        return _split_msl(values)
    if values.ndim == 2 and values.shape[1] in (2 * points, 3 * points, 4 * points):
        values = values.reshape(frames, points, -1)
    if values.ndim != 3 or values.shape[1] != points or not 2 <= values.shape[2] <= 4:
        raise DataError(
            f"{path}: shape {values.shape} does not fit {layout.name}, which has {points} points; "
            "set data.keypoint_layout to the file's own"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        points_FJC = values.astype(np.float32)
    return np.delete(points_FJC, 2, axis=2) if values.shape[2] == 4 else points_FJC


def mark_missing(points_FJC: np.ndarray, path: Path) -> np.ndarray:
    """(F, J, 3) with coordinates and confidence 0 where a point is missing; no confidence is above 1."""
    if points_FJC.shape[2] == 2:
        points_FJC = _with_confidence(points_FJC)
    confidence_FJ = points_FJC[..., 2]
    if _looks_like_depth(points_FJC):
        raise DataError(
            f"{path}: its third channel is negative, so it is no confidence; "
            "save x, y, confidence or x, y, z, confidence"
        )
    found_FJ = confidence_FJ > 0
    if not np.isfinite(points_FJC).all():
        found_FJ &= np.isfinite(points_FJC).all(axis=-1)
        points_FJC = np.nan_to_num(points_FJC, nan=0, posinf=0, neginf=0)
    filled_FJ3 = np.empty_like(points_FJC)
    for channel in range(3):  # four times as fast as one masked assignment
        np.multiply(points_FJC[..., channel], found_FJ, out=filled_FJ3[..., channel])
    np.minimum(filled_FJ3[..., 2], 1, out=filled_FJ3[..., 2])
    return filled_FJ3


def scale_points(points_FJ3: np.ndarray, space: Space, path: Path) -> np.ndarray:
    """The same points in image units, changed in place."""
    if space != Space():
        points_FJ3 /= np.array([space.width, space.height, 1], np.float32)
    farthest = max(float(points_FJ3.max()), -float(points_FJ3.min()))
    if farthest > _FARTHEST:
        raise DataError(
            f"{path}: a coordinate of {farthest:g} image sizes; give the file the keys "
            "space='pixels', width and height, or mend it"
        )
    return points_FJ3


def _looks_like_depth(points_FJ3: np.ndarray) -> bool:
    """Detectors give a few scores just below 0; a depth is negative for half of the points."""
    negative_FJ = points_FJ3[..., 2] < 0
    return (
        bool(negative_FJ.any())
        and float((points_FJ3[negative_FJ, :2] != -1).any(-1).sum()) > 0.05 * negative_FJ.size
    )


def _with_confidence(xy_FJ2: np.ndarray) -> np.ndarray:
    missing_FJ = (xy_FJ2 == 0).all(axis=-1) | (xy_FJ2 == -1).all(axis=-1)
    return np.concatenate([xy_FJ2, 1 - missing_FJ[..., None].astype(np.float32)], axis=-1)


def infer_space(paths: Sequence[Path], layout: Layout, *, sample: int = 16) -> Space | None:
    """The space of a data set's files that do not tell theirs, from a sample of them; None when all tell.

    Pixels when one coordinate in twenty lies beyond 2; the picture is then taken as wide and high as the
    farthest point needs, since nothing else is known.
    """
    step = max(1, len(paths) // sample)
    raws = [(path, raw) for path in paths[::step][:sample] if (raw := read_raw(path)).in_pixels is None]
    if not raws:
        return None
    points_FJ3 = np.concatenate(
        [mark_missing(shape_points(raw.values, layout, path), path) for path, raw in raws]
    )
    xy_N2 = points_FJ3[points_FJ3[..., 2] > 0][:, :2]
    if not len(xy_N2) or np.mean(np.abs(xy_N2) > 2) < 0.05:
        return Space()
    sizes = [raw.size for _, raw in raws if raw.size]
    side = float(np.ceil(np.abs(xy_N2).max()))
    return sizes[0] if sizes else Space(side, side)


def _space_of(raw: RawKeypoints, path: Path) -> Space | None:
    if raw.in_pixels is None:
        return None
    if raw.in_pixels and raw.size is None:
        raise DataError(
            f"{path}: says that it counts in pixels but not of what; add the keys width and height"
        )
    return raw.size if raw.in_pixels else Space()


def _claims(arrays: ArrayFile, path: Path) -> tuple[bool | None, Space | None]:
    in_pixels = None
    if "space" in arrays.names:
        claim = arrays.read_text("space")
        if claim not in PIXELS + UNIT:
            raise DataError(f'{path}: space "{claim}" is unknown; write "pixels" or "normalized"')
        if claim == SIGNING_SPACE:
            return False, Space(6, 7)
        in_pixels = claim in PIXELS
    if not {"width", "height"} <= set(arrays.names):
        return in_pixels, None
    size = Space(*(float(arrays.read(name).reshape(-1)[0]) for name in ("width", "height")))
    if not (0 < size.width < np.inf and 0 < size.height < np.inf):
        raise DataError(
            f"{path}: width {size.width:g} and height {size.height:g} are no picture's; mend them"
        )
    return in_pixels, size


def _shape(path: Path) -> tuple[int, ...]:
    if path.suffix == ".pose":
        head = read_pose_head(path)
        return head.frames, holistic_points(head.components) or head.points, 3
    with open_arrays(path) as arrays:
        shape = arrays.shape(arrays.table("keypoints"))
    if len(shape) not in (2, 3) or 0 in shape:
        raise DataError(f"{path}: shape {shape} is neither (frames, points, channels) nor (frames, values)")
    return shape


def _points_of_flat(width: int) -> list[int]:
    if width == 226:
        return [_MSL_POINTS]
    return [width // channels for channels in (2, 3, 4) if width % channels == 0]


def _split_msl(values_FN: np.ndarray) -> np.ndarray:
    """MSL-150's flat rows: 25 x (x, y, z, visibility), then both hands' 21 x (x, y, z), zero if not found."""
    frames, pose_values = len(values_FN), 4 * _MSL_POSE
    with np.errstate(over="ignore", invalid="ignore"):
        pose_FJ4 = values_FN[:, :pose_values].reshape(frames, _MSL_POSE, 4).astype(np.float32)
        hands_FJ3 = values_FN[:, pose_values:].reshape(frames, -1, 3).astype(np.float32)
    hands_FJ3[..., 2] = (hands_FJ3 != 0).any(axis=-1)
    return np.concatenate([np.delete(pose_FJ4, 2, axis=2), hands_FJ3], axis=1)
