"""Which points of a layout are joined to draw a signer, part by part. To draw another layout: a row here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from slt_engine.clips.layouts import Layout

Bone = tuple[int, int]

PARTS = ("body", "face", "hand_l", "hand_r")
"""In the order in which they are drawn: a hand covers the face."""

HAND_POINTS = 21


@dataclass(frozen=True)
class Bones:
    """The bones of each part, and of a ``head`` that is drawn in frames without a face.

    ``links`` join an arm's wrist, as the body has it, to the hand's. ``loose`` points may leave the picture: the
    hips below a signer who sits. ``dots`` are points of a part that nobody has said how to join. ``upright`` are
    the nose and both shoulders, which tell a picture's proportions.
    """

    parts: Mapping[str, tuple[Bone, ...]]
    head: tuple[Bone, ...] = ()
    links: tuple[Bone, ...] = ()
    loose: frozenset[int] = frozenset()
    dots: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    upright: tuple[int, int, int] | None = None

    def points(self, part: str) -> tuple[int, ...]:
        """The points that a part consists of, in rising order."""
        joined = {point for bone in self.parts.get(part, ()) for point in bone}
        return tuple(sorted(joined | set(self.dots.get(part, ()))))


def bones_of(layout: Layout) -> Bones:
    """The bones of a layout; of one that a user described, those of its hands, and dots for the rest."""
    known = BONES.get(layout.name)
    if known and BONE_POINTS[layout.name] == layout.points:
        return known
    hands = {part: layout.streams[part] for part in ("hand_l", "hand_r") if _is_hand(layout, part)}
    rest: dict[str, tuple[int, ...]] = {}
    for stream, points in layout.streams.items():
        if stream not in hands:
            rest[_part(stream)] = (*rest.get(_part(stream), ()), *points)
    return Bones({part: _renumbered(HAND, points) for part, points in hands.items()}, dots=rest)


def _is_hand(layout: Layout, part: str) -> bool:
    return len(layout.streams.get(part, ())) == HAND_POINTS


def _part(stream: str) -> str:
    return stream if stream in PARTS else "body"


def _chain(*points: int) -> tuple[Bone, ...]:
    return tuple(pairwise(points))


def _loop(*points: int) -> tuple[Bone, ...]:
    return _chain(*points, points[0])


def _span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


def _renumbered(bones: Sequence[Bone], points: Sequence[int]) -> tuple[Bone, ...]:
    return tuple((points[a], points[b]) for a, b in bones)


def _shifted(bones: Sequence[Bone], by: int) -> tuple[Bone, ...]:
    return tuple((a + by, b + by) for a, b in bones)


# 21 points, the wrist first and then each finger from the thumb: MediaPipe, OpenPose and COCO agree.
HAND = (
    *(bone for first in (1, 5, 9, 13, 17) for bone in _chain(*_span(first, first + 3))),
    *((0, 1), (0, 5), (0, 17), (5, 9), (9, 13), (13, 17)),
)

# The 68-point face: jaw, brows, nose, eyes, lips.
_FACE_68 = (
    *_chain(*_span(0, 16)),
    *_chain(*_span(17, 21)),
    *_chain(*_span(22, 26)),
    *_chain(*_span(27, 30)),
    *_chain(*_span(31, 35)),
    *_loop(*_span(36, 41)),
    *_loop(*_span(42, 47)),
    *_loop(*_span(48, 59)),
)

# The published network's 26 of them, in the order of mska_79.
_FACE_26 = (
    *_chain(*_span(0, 5)),
    *((6, 7), (8, 9), (10, 11), (12, 13), (14, 15)),
    *_loop(*_span(16, 25)),
)

# MediaPipe's mesh: outline, brows, eyes, nose and lips of its 468 points; thinned-out files keep most of these.
_FACE_MESH = (
    *_loop(
        *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148),
        *(176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
    ),
    *_chain(70, 63, 105, 66, 107),
    *_chain(300, 293, 334, 296, 336),
    *_loop(33, 160, 158, 133, 153, 144),
    *_loop(362, 385, 387, 263, 373, 380),
    *_chain(168, 6, 197, 195, 5, 4),
    *_chain(98, 2, 327),
    *_loop(61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91),
)

_POSE_HEAD = (*_chain(7, 3, 2, 1, 0, 4, 5, 6, 8), (9, 10))
_POSE_ARMS = (*_chain(15, 13, 11, 12, 14, 16), (11, 23), (12, 24), (23, 24))
_POSE_PALMS = (*_loop(15, 17, 19), (15, 21), *_loop(16, 18, 20), (16, 22))
_POSE_UPRIGHT, _POSE_HIPS = (0, 11, 12), frozenset({23, 24})


def _mediapipe(mesh: int) -> Bones:
    return Bones(
        parts={
            "body": _POSE_ARMS,
            "face": _shifted(_FACE_MESH, 33),
            "hand_l": _shifted(HAND, 33 + mesh),
            "hand_r": _shifted(HAND, 54 + mesh),
        },
        head=_POSE_HEAD,
        links=((15, 33 + mesh), (16, 54 + mesh)),
        loose=_POSE_HIPS,
        upright=_POSE_UPRIGHT,
    )


BONES: dict[str, Bones] = {
    "mediapipe_543": _mediapipe(468),
    "mediapipe_553": _mediapipe(478),
    "mediapipe_576": _mediapipe(468),
    "mediapipe_586": _mediapipe(478),
    "coco_wholebody_133": Bones(
        parts={
            "body": (*_chain(9, 7, 5, 6, 8, 10), (5, 11), (6, 12), (11, 12)),
            "face": _shifted(_FACE_68, 23),
            "hand_l": _shifted(HAND, 91),
            "hand_r": _shifted(HAND, 112),
        },
        head=_chain(3, 1, 0, 2, 4),
        links=((9, 91), (10, 112)),
        loose=frozenset({11, 12}),
        upright=(0, 5, 6),
    ),
    "mska_79": Bones(
        parts={
            "body": _chain(72, 70, 68, 69, 71, 73),
            "face": _shifted(_FACE_26, 42),
            "hand_l": HAND,
            "hand_r": _shifted(HAND, 21),
        },
        head=_chain(77, 75, 74, 76, 78),
        links=((72, 0), (73, 21)),
        upright=(74, 68, 69),
    ),
    "openpose_137": Bones(
        parts={
            "body": (*_chain(7, 6, 5, 1, 2, 3, 4), (0, 1), (1, 8), (9, 8), (8, 12)),
            "face": _shifted(_FACE_68, 25),
            "hand_l": _shifted(HAND, 95),
            "hand_r": _shifted(HAND, 116),
        },
        head=_chain(18, 16, 0, 15, 17),
        links=((7, 95), (4, 116)),
        loose=frozenset({8, 9, 12}),
        upright=(0, 5, 2),
    ),
    "msl_226": Bones(
        parts={
            "body": _POSE_ARMS,
            "hand_l": _shifted(HAND, 25),
            "hand_r": _shifted(HAND, 46),
        },
        head=_POSE_HEAD,
        links=((15, 25), (16, 46)),
        loose=_POSE_HIPS,
        upright=_POSE_UPRIGHT,
    ),
    "hands_body_48": Bones(
        parts={
            "body": _chain(46, 44, 42, 43, 45, 47),
            "hand_l": HAND,
            "hand_r": _shifted(HAND, 21),
        },
        links=((46, 0), (47, 21)),
    ),
}
BONE_POINTS = {
    **{f"mediapipe_{points}": points for points in (543, 553, 576, 586)},
    **{"coco_wholebody_133": 133, "mska_79": 79, "openpose_137": 137, "msl_226": 67, "hands_body_48": 48},
}

KEY_POSE = Bones(
    parts={"body": (*_POSE_ARMS, *_POSE_PALMS)},
    head=_POSE_HEAD,
    loose=_POSE_HIPS,
    upright=_POSE_UPRIGHT,
)
"""The 33 landmarks of a pose file: its hands are three points each."""
