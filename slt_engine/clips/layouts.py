"""Keypoint layouts: which point of a clip belongs to which stream. To add one: a row here, or a YAML file."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from slt_engine.clips.errors import DataError

KEYS = frozenset({"name", "points", "streams", "shoulders", "wrists", "paper", "mirror"})

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Layout:
    """Points of a clip by stream.

    ``streams`` maps a stream to the points it reads, ``shoulders`` are the signer's left and right one, and
    ``wrists`` maps a hand's stream to the position of its wrist within that stream. ``paper`` lists the 79
    points of the published MSKA network in the order of ``mska_79``, where the layout has them. ``mirror`` pairs the
    points that are left and right of each other; a point that is in no pair is its own mirror image. None is not known.
    """

    name: str
    points: int
    streams: Mapping[str, tuple[int, ...]]
    shoulders: tuple[int, int] | None = None
    wrists: Mapping[str, int] = field(default_factory=dict)
    paper: tuple[int, ...] | None = None
    mirror: Pairs | None = None

    @property
    def used(self) -> tuple[int, ...]:
        """The points that a stream or the published network reads, and the shoulders, in rising order."""
        streams = [point for points in self.streams.values() for point in points]
        return tuple(sorted({*streams, *(self.shoulders or ()), *(self.paper or ())}))

    def without_unused(self) -> Layout:
        """The layout of an array that holds the points of ``used`` only."""
        place = {point: index for index, point in enumerate(self.used)}
        return replace(
            self,
            points=len(place),
            streams={name: tuple(place[point] for point in points) for name, points in self.streams.items()},
            shoulders=(place[self.shoulders[0]], place[self.shoulders[1]]) if self.shoulders else None,
            paper=tuple(place[point] for point in self.paper) if self.paper else None,
            mirror=None
            if self.mirror is None
            else tuple((place[left], place[right]) for left, right in self.mirror if left in place),
        )


def find_layout(name: str) -> Layout:
    """The layout of that name, or the one that the YAML file ``name`` describes."""
    if name in LAYOUTS:
        return LAYOUTS[name]
    if Path(name).suffix in (".yaml", ".yml"):
        return read_layout(Path(name))
    raise DataError(f'keypoint layout "{name}" is neither a YAML file nor one of {", ".join(LAYOUTS)}')


def layout_of_points(points: int) -> Layout | None:
    """The layout with that many points; the table has at most one."""
    return next((layout for layout in LAYOUTS.values() if layout.points == points), None)


def read_layout(path: Path) -> Layout:
    """A layout from YAML: name, points, streams, and optionally shoulders, wrists, paper, mirror.

    Points are numbers or ranges ("0-20"); ``wrists`` maps a hand's stream to its wrist's point. ``mirror`` is a list
    of pairs of points, or of ranges of one length: [[5, 6], ["10-30", "31-51"]].
    """
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _layout_from(document, path.stem)
    except OSError as fault:
        raise DataError(
            f"{path}: cannot be read ({fault.strerror}); name a layout or an existing file"
        ) from fault
    except (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError) as fault:
        reason = str(fault).splitlines()[0]
        raise DataError(
            f"{path}: not a keypoint layout ({reason}); it needs points and streams, as in {{body: [0-5]}}"
        ) from fault


def _layout_from(document: dict[str, Any], name: str) -> Layout:
    if unknown := sorted(set(document) - KEYS):
        raise ValueError(f"unknown key {unknown[0]}")
    points = int(document["points"])
    streams = {str(stream): _expand(spans, points) for stream, spans in document["streams"].items()}
    shoulders = _expand(document.get("shoulders") or [], points)
    paper = _expand(document.get("paper") or [], points)
    wrists = {stream: streams[stream].index(int(p)) for stream, p in (document.get("wrists") or {}).items()}
    if not streams or not all(streams.values()):
        raise ValueError("every stream needs points")
    if len(shoulders) not in (0, 2) or len(paper) not in (0, 79):
        raise ValueError("shoulders are two points, paper is 79")
    return Layout(
        name=str(document.get("name", name)),
        points=points,
        streams=streams,
        shoulders=(shoulders[0], shoulders[1]) if shoulders else None,
        wrists=wrists,
        paper=paper or None,
        mirror=_read_mirror(document["mirror"], points, {*shoulders, *itertools.chain(*streams.values())})
        if "mirror" in document
        else None,
    )


def _read_mirror(rows: Sequence[Sequence[int | str]], count: int, used: Collection[int]) -> Pairs:
    pairs = [
        pair for left, right in rows for pair in zip(_expand(left, count), _expand(right, count), strict=True)
    ]
    named = [point for pair in pairs for point in pair]
    if len(set(named)) < len(named):
        raise ValueError("mirror names a point twice")
    for left, right in pairs:
        if (left in used) != (right in used):
            raise ValueError(f"mirror pairs {left} with {right}, and no stream reads one of them")
    return tuple(pairs)


def body_pairs(landmarks: int) -> Pairs:
    """Left and right of the first ``landmarks`` of MediaPipe's pose, in which the left eye's three come first."""
    eyes = ((1, 4), (2, 5), (3, 6))
    return (*eyes, *((left, left + 1) for left in range(7, landmarks - 1, 2)))


def _expand(spans: Sequence[int | str] | int | str, count: int) -> tuple[int, ...]:
    points: list[int] = []
    for span in spans if isinstance(spans, list) else [spans]:
        first, _, last = str(span).partition("-")
        if not 0 <= int(first) <= int(last or first) < count:
            raise ValueError(f"{span} are not points from 0 to {count - 1}")
        points += range(int(first), int(last or first) + 1)
    return tuple(points)


def _span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


def _shift(points: Sequence[int], by: int) -> tuple[int, ...]:
    return tuple(point + by for point in points)


# The face's 26 points of the published network, counted within a 68-point face and within MediaPipe's mesh.
_FACE_OF_68 = (0, 3, 6, 10, 13, 16, 18, 20, 23, 25, 30, 33, 36, 39, 42, 45, *_span(48, 54), 56, 57, 58)
_FACE_OF_MESH = (
    *(162, 58, 149, 378, 288, 389, 63, 66, 296, 293, 4, 2, 33, 133, 362, 263),
    *(61, 39, 37, 0, 267, 269, 291, 314, 17, 84),
)

_MIRROR_OF_FACE = (  # positions among those 26: jaw, brows, eyes, mouth
    *((0, 5), (1, 4), (2, 3), (6, 9), (7, 8), (12, 15), (13, 14)),
    *((16, 22), (17, 21), (18, 20), (23, 25)),
)


def _mediapipe(name: str, mesh: int, world: int) -> Layout:
    hand_l, hand_r = _span(33 + mesh, 53 + mesh), _span(54 + mesh, 74 + mesh)
    face = _shift(_FACE_OF_MESH, 33)
    return Layout(
        name=name,
        points=75 + mesh + world,
        streams={"body": _span(0, 32), "face": face, "hand_l": hand_l, "hand_r": hand_r},
        shoulders=(11, 12),
        wrists={"hand_l": 0, "hand_r": 0},
        paper=(*hand_l, *hand_r, *face, 11, 12, 13, 14, 15, 16, 0, 2, 5, 7, 8),
        mirror=(*body_pairs(33), *_pair_faces(face), *zip(hand_l, hand_r, strict=True)),
    )


def _published(
    name: str, points: int, arms: tuple[int, ...], face: tuple[int, ...], hands: tuple[int, int]
) -> Layout:
    """The published four streams. ``arms``: shoulders, elbows, wrists, nose, eyes, ears, left first."""
    shoulder_l, shoulder_r, elbow_l, elbow_r, wrist_l, wrist_r, nose, eye_l, eye_r, ear_l, ear_r = arms
    hand_l, hand_r = (_span(first, first + 20) for first in hands)
    left = (nose, eye_l, ear_l, shoulder_l, elbow_l, wrist_l, *hand_l)
    right = (nose, eye_r, ear_r, shoulder_r, elbow_r, wrist_r, *hand_r)
    return Layout(
        name=name,
        points=points,
        streams={"body": (*left, *right[1:], *face), "face": face, "hand_l": left, "hand_r": right},
        shoulders=(shoulder_l, shoulder_r),
        wrists={"hand_l": 6, "hand_r": 6},
        paper=(*hand_l, *hand_r, *face, *arms),
        mirror=(
            *(
                (shoulder_l, shoulder_r),
                (elbow_l, elbow_r),
                (wrist_l, wrist_r),
                (eye_l, eye_r),
                (ear_l, ear_r),
            ),
            *_pair_faces(face),
            *zip(hand_l, hand_r, strict=True),
        ),
    )


def _pair_faces(face: Sequence[int]) -> Pairs:
    return tuple((face[left], face[right]) for left, right in _MIRROR_OF_FACE)


_ROWS = (
    _mediapipe("mediapipe_543", mesh=468, world=0),
    _mediapipe("mediapipe_553", mesh=478, world=0),
    _mediapipe("mediapipe_576", mesh=468, world=33),
    _mediapipe("mediapipe_586", mesh=478, world=33),
    _published(
        "coco_wholebody_133", 133, (5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4), _shift(_FACE_OF_68, 23), (91, 112)
    ),
    _published("mska_79", 79, _span(68, 78), _span(42, 67), (0, 21)),
    _published(
        "openpose_137", 137, (5, 2, 6, 3, 7, 4, 0, 16, 15, 18, 17), _shift(_FACE_OF_68, 25), (95, 116)
    ),
    Layout(
        name="msl_226",
        points=67,
        streams={"body": _span(0, 24), "hand_l": _span(25, 45), "hand_r": _span(46, 66)},
        shoulders=(11, 12),
        wrists={"hand_l": 0, "hand_r": 0},
        mirror=(*body_pairs(25), *zip(_span(25, 45), _span(46, 66), strict=True)),
    ),
    Layout(
        name="hands_body_48",
        points=48,
        streams={"body": _span(42, 47), "hand_l": _span(0, 20), "hand_r": _span(21, 41)},
        shoulders=(42, 43),
        wrists={"hand_l": 0, "hand_r": 0},
        mirror=((42, 43), (44, 45), (46, 47), *zip(_span(0, 20), _span(21, 41), strict=True)),
    ),
)
LAYOUTS: dict[str, Layout] = {row.name: row for row in _ROWS}
