"""The table of bones: every layout has its own, within its points, and each hand hangs together."""

from __future__ import annotations

import pytest

from slt_engine.clips.layouts import LAYOUTS, Layout
from slt_tui.clip_reading.bones import BONE_POINTS, BONES, KEY_POSE, PARTS, Bones, bones_of

KNOWN = [pytest.param(bones, LAYOUTS[name].points, id=name) for name, bones in BONES.items()]


def every_bone(bones: Bones) -> list[tuple[int, int]]:
    return [bone for part in bones.parts.values() for bone in part] + [*bones.head, *bones.links]


def test_every_layout_has_bones() -> None:
    assert set(BONES) == set(LAYOUTS) == set(BONE_POINTS)
    assert {name: layout.points for name, layout in LAYOUTS.items()} == BONE_POINTS


@pytest.mark.parametrize(("bones", "points"), [*KNOWN, pytest.param(KEY_POSE, 33, id="pose")])
def test_every_bone_joins_two_points_of_the_layout(bones: Bones, points: int) -> None:
    for first, second in every_bone(bones):
        assert 0 <= first < points
        assert 0 <= second < points
        assert first != second
    assert set(bones.parts) <= set(PARTS)


@pytest.mark.parametrize(("bones", "points"), KNOWN)
def test_each_hand_is_21_points_that_hang_together(bones: Bones, points: int) -> None:
    for hand in ("hand_l", "hand_r"):
        assert len(bones.points(hand)) == 21 <= points
        reached = {bones.points(hand)[0]}
        for _ in range(21):
            reached |= {end for bone in bones.parts[hand] if reached & set(bone) for end in bone}
        assert reached == set(bones.points(hand))


@pytest.mark.parametrize("name", BONES)
def test_hands_and_shoulders_are_where_the_layout_says(name: str) -> None:
    layout, bones = LAYOUTS[name], BONES[name]
    for hand in ("hand_l", "hand_r"):
        assert set(bones.points(hand)) <= set(layout.streams[hand])
    body = {frozenset(bone) for bone in bones.parts["body"]}
    neck = {frozenset((1, shoulder)) for shoulder in layout.shoulders or ()}
    assert frozenset(layout.shoulders or ()) in body or neck <= body  # OpenPose has a point between them


def test_a_users_layout_has_the_bones_of_its_hands_and_dots_for_the_rest() -> None:
    layout = Layout("mine", 25, {"hand_l": tuple(range(21)), "body": (21, 22), "tail": (23, 24)})
    bones = bones_of(layout)
    assert bones.parts["hand_l"] == BONES["mska_79"].parts["hand_l"]
    assert bones.points("body") == (21, 22, 23, 24)


def test_a_users_layout_that_borrows_a_name_does_not_get_its_bones() -> None:
    layout = Layout("mska_79", 2, {"body": (0, 1)})
    assert bones_of(layout).points("body") == (0, 1)
