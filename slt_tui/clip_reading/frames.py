"""One clip with all its points: what the skeleton player shows."""

# F frames, J points

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from slt_engine.clips.arrays import ArrayFile, open_arrays
from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import infer_space, layout_of_file, points_of, read_raw
from slt_engine.clips.pose import read_pose
from slt_engine.clips.pose_container import read_pose_head
from slt_tui.clip_reading.bones import KEY_POSE, PARTS, Bones, bones_of
from slt_tui.clip_reading.proportions import SIGNING_SPACE, guess_aspect
from slt_tui.clip_reading.sources import ClipSources
from slt_tui.clip_reading.tables import USUAL_FPS, rate

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class ClipFrames:
    """A clip to be drawn: ``points_FJ2`` in image units, True in ``found_FJ`` where a point is real.

    ``aspect`` is the picture's width by its height. ``present`` tells of each part the frames that have it, and
    ``images`` of each stream of crops. ``problems`` are lines on what could not be read.
    """

    clip_id: str
    points_FJ2: NDArray[np.float32]
    found_FJ: Mask
    bones: Bones
    layout: str = ""
    fps: float = USUAL_FPS
    aspect: float = 1.0
    text: str | None = None
    gloss: str | None = None
    present: Mapping[str, Mask] = field(default_factory=dict)
    images: Mapping[str, Mask] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return len(self.points_FJ2)

    def share(self, part: str) -> float:
        """The share of frames that have the part."""
        return float(self.present[part].mean()) if part in self.present and self.frames else 0.0


@dataclass(frozen=True)
class _Track:
    """Points as one file has them."""

    points_FJ3: NDArray[np.float32]
    bones: Bones
    layout: str
    aspect: float | None
    fps: float | None


def open_clip(sources: ClipSources, clip_id: str) -> ClipFrames:
    """A clip with its points, from its keypoints, else from its pose. Raises DataError where it has neither."""
    tables = sources.tables
    problems: list[str] = []
    track = next(_tracks(sources, clip_id, problems), None)
    images = _images(sources, clip_id, frames=len(track.points_FJ3) if track else None)
    if track is None and not any(mask.any() for mask in images.values()):
        raise DataError(problems[0] if problems else _no_file(sources, clip_id))
    gloss = tables.glosses.get(clip_id)
    track = track or _empty_track(max(len(mask) for mask in images.values()))
    points_FJ2, found_FJ = track.points_FJ3[..., :2], track.points_FJ3[..., 2] > 0
    return ClipFrames(
        clip_id=clip_id,
        points_FJ2=points_FJ2,
        found_FJ=found_FJ,
        bones=track.bones,
        layout=track.layout,
        fps=track.fps or tables.fps(clip_id),
        aspect=track.aspect or guess_aspect(points_FJ2, found_FJ, track.bones.upright),
        text=tables.texts.get(clip_id),
        gloss=" ".join(gloss.tokens) if gloss else None,
        present={part: found_FJ[:, points].any(axis=1) for part, points in _parts(track.bones)},
        images=images,
        problems=tuple(problems),
    )


def _tracks(sources: ClipSources, clip_id: str, problems: list[str]) -> Iterator[_Track]:
    """What the clip's files hold, the best first; what is wrong with one goes to ``problems``."""
    tables = sources.tables
    keypoints, pose = tables.keypoints.get(clip_id), tables.pose.get(clip_id)
    readers = (
        (keypoints, lambda path: _keypoint_track(path, sources.keypoint_layout)),
        (pose, _pose_track),
    )
    for path, read in readers:
        if path is None:
            continue
        try:
            yield read(path)
        except DataError as problem:
            problems.append(str(problem))


def _keypoint_track(path: Path, layout_name: str) -> _Track:
    layout = layout_of_file(path, layout_name)
    raw = read_raw(path)
    space = infer_space([path], layout) if raw.in_pixels is None else None
    width, height, fps = _claims(path)
    known = raw.size.width / raw.size.height if raw.size else width / height if width and height else None
    in_pixels = space is not None and (space.width, space.height) != (1.0, 1.0)
    return _Track(
        points_FJ3=points_of(raw, layout, path, space=space),
        bones=bones_of(layout),
        layout=layout.name,
        aspect=known or (1.0 if in_pixels else None),
        fps=fps,
    )


def _pose_track(path: Path) -> _Track:
    with open_arrays(path) as arrays:
        normalised = "pose_norm" in arrays.names
    fps = _claims(path)[2]
    return _Track(read_pose(path), KEY_POSE, "pose", SIGNING_SPACE if normalised else None, fps)


def _claims(path: Path) -> tuple[float, float, float | None]:
    """Width and height of the picture, 0 where unknown, and frames a second, as the file says."""
    if path.suffix == ".pose":
        head = read_pose_head(path)
        return float(head.width), float(head.height), rate(head.fps)
    with open_arrays(path) as arrays:
        width, height, fps = (_number(arrays, name) for name in ("width", "height", "fps"))
    return width or 0.0, height or 0.0, rate(fps)


def _number(arrays: ArrayFile, name: str) -> float | None:
    values = arrays.read(name).reshape(-1)[:1].tolist() if name in arrays.names else []
    return next((float(value) for value in values if np.isfinite(value) and value > 0), None)


def _empty_track(frames: int) -> _Track:
    """For a clip that has crops only."""
    return _Track(np.zeros((frames, 0, 3), np.float32), Bones({}), "", None, None)


def _parts(bones: Bones) -> Iterator[tuple[str, list[int]]]:
    yield from ((part, list(points)) for part in PARTS if (points := bones.points(part)))


def _images(sources: ClipSources, clip_id: str, frames: int | None) -> dict[str, Mask]:
    """Of each stream of crops, which frames have an image; nothing is decoded."""
    return {name: _images_in(path, clip_id, frames) for name, path in sources.crops.items()}


def _images_in(directory: Path, clip_id: str, frames: int | None) -> Mask:
    if frames is None:
        frames = next(number for number in count() if not _image(directory, clip_id, number).is_file())
    return np.array([_image(directory, clip_id, number).is_file() for number in range(frames)], bool)


def _image(directory: Path, clip_id: str, number: int) -> Path:
    return directory / f"{clip_id}_f{number:06}.jpg"


def _no_file(sources: ClipSources, clip_id: str) -> str:
    places = [str(path) for path in (sources.keypoints_dir, sources.pose_dir) if path]
    where = " or ".join(places) or str(sources.origin)
    return f'{where}: no file of "{clip_id}"; extract it or drop the clip from the index'
