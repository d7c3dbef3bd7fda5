"""Rules on a clip's keypoints and pose: readable, finite, in range, of one length, of one layout."""

# F frames, J points

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from slt_engine.clips.agreement import find_disagreement
from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import Space, points_of, read_raw
from slt_engine.clips.layouts import Layout
from slt_engine.clips.pose import read_pose
from slt_engine.contract.problem import Problem, error, warning

HANDS = ("hand_l", "hand_r")
_FAR = 3.0  # image units: a landmark this far outside the picture is no landmark
_FAR_SHARE = 0.01
_LEAST_FRAMES = 4
_LOST_SHARE = 0.95
_PAPER_HANDS = {"hand_l": slice(0, 21), "hand_r": slice(21, 42)}
"""The hands' own places among the 79 points of ``Layout.paper``."""


@dataclass(frozen=True)
class ClipPoints:
    """What reading a clip's points gave: frames, the share of frames with each stream, a digest of the values."""

    frames: int
    shares: Mapping[str, float]
    digest: str


def read_clip_keypoints(
    path: Path, clip: str, layout: Layout, space: Space | None
) -> tuple[ClipPoints | None, list[Problem]]:
    """The clip's keypoints, and what is wrong with them; None where they cannot be read."""
    where = {"clip": clip, "stream": "keypoints"}
    try:
        raw = read_raw(path)
        with np.errstate(all="ignore"):
            not_finite = 1 - float(np.isfinite(raw.values).mean())
        points_FJ3 = points_of(raw, layout, path, space=space)
    except DataError as fault:
        return None, [unreadable(path, fault, **where)]
    problems = []
    if not_finite:
        message = f"{100 * not_finite:.2g} % of the values are NaN or infinite; they are read as missing"
        problems.append(warning("not-finite", path, message, "extract it again", **where))
    found_FJ = points_FJ3[..., 2] > 0
    shares = {name: float(found_FJ[:, joints].any(-1).mean()) for name, joints in _seen_by(layout).items()}
    clip_points = ClipPoints(len(points_FJ3), shares, hashlib.sha256(points_FJ3.tobytes()).hexdigest())
    problems += _check_values(path, points_FJ3, found_FJ, **where)
    return clip_points, problems


def read_clip_pose(path: Path, clip: str) -> tuple[ClipPoints | None, list[Problem]]:
    """The same of a clip's pose."""
    where = {"clip": clip, "stream": "pose"}
    try:
        pose_FP3 = read_pose(path)
    except DataError as fault:
        return None, [unreadable(path, fault, **where)]
    found_FP = pose_FP3[..., 2] > 0
    problems = list(_check_values(path, pose_FP3, found_FP, **where))
    shares = {"pose": float(found_FP.any(-1).mean())}
    return ClipPoints(len(pose_FP3), shares, hashlib.sha256(pose_FP3.tobytes()).hexdigest()), problems


def check_lengths(
    clip: str, frames: Mapping[str, int], paths: Mapping[str, Path], gapped: Collection[str]
) -> Iterator[Problem]:
    """Streams of one recording have one length; crops that are ``gapped`` may end early."""
    whole = {stream: count for stream, count in frames.items() if stream not in gapped}
    if disagreeing := find_disagreement(whole, {stream: frames[stream] for stream in gapped}):
        longest, shortest = sorted(disagreeing, key=lambda stream: -frames[stream])
        message = f"{longest} has {frames[longest]} frames, {shortest} {frames[shortest]}"
        remedy = "extract them from one recording"
        yield error("lengths", paths[shortest], message, remedy, clip=clip, stream=shortest)


def check_hands(path: Path, clip: str, points: ClipPoints) -> Iterator[Problem]:
    """A clip in which neither hand is seen says nothing."""
    hands = [points.shares[hand] for hand in HANDS if hand in points.shares]
    if hands and max(hands) < 1 - _LOST_SHARE:
        message = f"neither hand is seen in {100 * (1 - max(hands)):.0f} % of the frames"
        yield warning("no-hands", path, message, "look at the video", clip=clip, stream="keypoints")


def unreadable(path: Path, fault: DataError, **where: str) -> Problem:
    """A reader's own line as a problem; what comes after its last semicolon is what to do."""
    message, _, remedy = str(fault).removeprefix(f"{path}: ").rpartition("; ")
    return error(
        "unreadable", path, message or str(fault), remedy or "write it again or drop the clip", **where
    )


def _seen_by(layout: Layout) -> dict[str, list[int]]:
    """The points that show a stream; for a hand its own, where the stream reads the arm and half the head as well."""
    streams = {name: list(joints) for name, joints in layout.streams.items()}
    if layout.paper is None:
        return streams
    return streams | {hand: list(layout.paper[own]) for hand, own in _PAPER_HANDS.items() if hand in streams}


def _check_values(
    path: Path, points_FJ3: NDArray[np.float32], found_FJ: NDArray[np.bool_], **where: str
) -> Iterator[Problem]:
    if not found_FJ.any():
        yield error("nothing-found", path, "holds no point that was found", "drop the clip", **where)
        return
    frames = len(points_FJ3)
    if frames < _LEAST_FRAMES:
        message = f"{frames} frame{'s' if frames > 1 else ''} cannot hold a sign"
        yield warning("short", path, message, "look at the cut", **where)
    xy_N2 = points_FJ3[..., :2][found_FJ]
    if (far := float((np.abs(xy_N2 - 0.5) > _FAR).any(-1).mean())) > _FAR_SHARE:
        message = f"{100 * far:.2g} % of the points lie far outside the picture"
        remedy = "look whether width, height and space are the file's own"
        yield warning("far-outside", path, message, remedy, **where)
    if frames >= _LEAST_FRAMES and not np.ptp(points_FJ3, axis=0).any():
        yield warning("still", path, "does not move at all", "look at the video", **where)
