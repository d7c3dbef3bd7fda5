"""The table of keypoint layouts, and layouts that a user adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.clips.errors import DataError
from slt_engine.clips.layouts import LAYOUTS, Layout, find_layout, layout_of_points, read_layout

NAMES = sorted(LAYOUTS)


def test_the_table_holds_the_contract_s_rows() -> None:
    assert {name: layout.points for name, layout in LAYOUTS.items()} == {
        "mediapipe_543": 543,
        "mediapipe_553": 553,
        "mediapipe_576": 576,
        "mediapipe_586": 586,
        "coco_wholebody_133": 133,
        "mska_79": 79,
        "openpose_137": 137,
        "msl_226": 67,
        "hands_body_48": 48,
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_index_lies_within_the_layout(name: str) -> None:
    layout = LAYOUTS[name]
    assert all(0 <= point < layout.points for point in layout.used)
    assert all(len(set(points)) == len(points) for points in layout.streams.values())
    assert {"body", "hand_l", "hand_r"} <= set(layout.streams)


@pytest.mark.parametrize("name", NAMES)
def test_a_hand_s_wrist_is_a_position_in_its_stream(name: str) -> None:
    layout = LAYOUTS[name]
    assert set(layout.wrists) == {"hand_l", "hand_r"}
    assert all(0 <= position < len(layout.streams[hand]) for hand, position in layout.wrists.items())


@pytest.mark.parametrize("name", NAMES)
def test_layouts_are_told_apart_by_their_number_of_points(name: str) -> None:
    assert layout_of_points(LAYOUTS[name].points) is LAYOUTS[name]


@pytest.mark.parametrize("name", ["coco_wholebody_133", "mska_79", "openpose_137"])
def test_the_published_streams_have_27_27_26_and_79_points(name: str) -> None:
    sizes = {stream: len(points) for stream, points in LAYOUTS[name].streams.items()}
    assert sizes == {"hand_l": 27, "hand_r": 27, "face": 26, "body": 79}


def test_coco_wholebody_has_the_published_lists() -> None:
    streams = LAYOUTS["coco_wholebody_133"].streams
    assert streams["hand_l"] == (0, 1, 3, 5, 7, 9, *range(91, 112))
    assert streams["hand_r"] == (0, 2, 4, 6, 8, 10, *range(112, 133))
    face = (23, 26, 29, 33, 36, 39, 41, 43, 46, 48, 53, 56, 59, 62, 65, 68, *range(71, 78), 79, 80, 81)
    assert streams["face"] == face
    assert streams["body"] == (*streams["hand_l"], *streams["hand_r"][1:], *face)


def test_the_paper_s_79_points_of_mska_79_are_its_own() -> None:
    assert LAYOUTS["mska_79"].paper == tuple(range(79))


@pytest.mark.parametrize("name", ["mediapipe_543", "mediapipe_586", "coco_wholebody_133", "openpose_137"])
def test_the_paper_s_79_points_agree_with_the_streams(name: str) -> None:
    layout = LAYOUTS[name]
    assert layout.paper is not None
    assert len(set(layout.paper)) == 79
    assert (layout.paper[68], layout.paper[69]) == layout.shoulders
    assert layout.paper[0] == layout.streams["hand_l"][layout.wrists["hand_l"]]
    assert layout.paper[21] == layout.streams["hand_r"][layout.wrists["hand_r"]]
    assert layout.paper[42:68] == layout.streams["face"]


@pytest.mark.parametrize("name", NAMES)
def test_a_layout_without_its_unused_points_names_the_same_ones(name: str) -> None:
    full, small = LAYOUTS[name], LAYOUTS[name].without_unused()
    back = full.used
    assert small.points == len(back)
    for stream, points in small.streams.items():
        assert tuple(back[point] for point in points) == full.streams[stream]
    assert full.shoulders is not None
    assert small.shoulders is not None
    assert tuple(back[point] for point in small.shoulders) == full.shoulders
    assert small.wrists == full.wrists


def test_a_yaml_file_adds_a_layout(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        'name: mine\npoints: 50\nstreams:\n  hand_l: ["0-20"]\n  body: [42-45, 48]\n'
        "shoulders: [42, 43]\nwrists: {hand_l: 5}\n"
    )
    layout = find_layout(str(path))
    assert (layout.name, layout.points, layout.shoulders) == ("mine", 50, (42, 43))
    assert layout.streams == {"hand_l": tuple(range(21)), "body": (42, 43, 44, 45, 48)}
    assert layout.wrists == {"hand_l": 5}


@pytest.mark.parametrize(
    "content",
    [
        "points: 5\nstreams: {body: [0-5]}\n",
        "points: 5\nstreams: {}\n",
        "points: 5\nstream: {body: [1]}\n",
        "points: 5\nstreams: {body: [1]}\nwrists: {hand: 1}\n",
        "points: 5\nstreams: {body: [1]}\nwrists: {body: 2}\n",
        "points: 5\nstreams: {body: [1]}\nshoulders: [1]\n",
        "points: many\nstreams: {body: [1]}\n",
        "points: 5\nstreams: {body: [x]}\n",
        "[1, 2]\n",
        "",
        "a: [",
        "points: 5\nstreams: [1]\n",
        "points: 5\nstreams: {body: [0-9999999999]}\n",
        "!!python/object/apply:os.system ['true']\n",
    ],
)
def test_a_wrong_layout_file_is_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    with pytest.raises(DataError, match=r"mine\.yaml: not a keypoint layout") as caught:
        find_layout(str(path))
    assert "\n" not in str(caught.value)


def test_an_unknown_layout_names_the_known_ones() -> None:
    with pytest.raises(DataError, match=r'"mediapipe" is neither a YAML file nor one of mediapipe_543'):
        find_layout("mediapipe")


def test_a_layout_file_that_is_not_there_is_a_data_error() -> None:
    with pytest.raises(DataError, match=r"nowhere\.yaml: cannot be read"):
        find_layout("nowhere.yaml")


def mirrored(layout: Layout) -> dict[int, int]:
    """Each used point's partner in the mirror."""
    assert layout.mirror is not None
    partner = {point: point for point in layout.used}
    for left, right in layout.mirror:
        partner[left], partner[right] = right, left
    return partner


@pytest.mark.parametrize("name", NAMES)
def test_a_mirror_maps_the_used_points_onto_themselves_and_back(name: str) -> None:
    partner = mirrored(LAYOUTS[name])
    assert set(partner.values()) == set(LAYOUTS[name].used) == set(partner)
    assert all(partner[partner[point]] == point for point in partner)


@pytest.mark.parametrize("name", NAMES)
def test_a_mirror_swaps_the_hands_joint_by_joint_and_the_shoulders(name: str) -> None:
    layout, partner = LAYOUTS[name], mirrored(LAYOUTS[name])
    left, right = layout.streams["hand_l"][-21:], layout.streams["hand_r"][-21:]
    assert [partner[point] for point in left] == list(right)
    assert layout.shoulders is not None
    assert partner[layout.shoulders[0]] == layout.shoulders[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_mirror_keeps_every_stream_but_the_hands(name: str) -> None:
    layout, partner = LAYOUTS[name], mirrored(LAYOUTS[name])
    for stream in set(layout.streams) - {"hand_l", "hand_r"}:
        assert {partner[point] for point in layout.streams[stream]} == set(layout.streams[stream])


@pytest.mark.parametrize("name", NAMES)
def test_the_mirror_of_the_used_points_counts_them_alone(name: str) -> None:
    layout = LAYOUTS[name]
    place = {point: index for index, point in enumerate(layout.used)}
    expected = {place[point]: place[other] for point, other in mirrored(layout).items()}
    assert mirrored(layout.without_unused()) == expected


def test_four_points_of_the_face_lie_on_its_middle_line() -> None:
    """Two of the nose and one of each lip, in each of the published network's three faces."""
    for name in ("mska_79", "openpose_137", "mediapipe_543"):
        partner = mirrored(LAYOUTS[name])
        face = LAYOUTS[name].streams["face"]
        assert sum(partner[point] == point for point in face) == 4, name


def test_a_user_s_layout_names_its_mirror_in_pairs_of_points_or_ranges(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("points: 9\nstreams: {all: [0-8]}\nmirror: [[1, 2], ['3-5', '6-8']]\n")
    assert read_layout(path).mirror == ((1, 2), (3, 6), (4, 7), (5, 8))
    path.write_text("points: 9\nstreams: {all: [0-8]}\n")
    assert read_layout(path).mirror is None


@pytest.mark.parametrize(
    ("mirror", "reason"),
    [
        ("[[0, 1], [1, 2]]", "mirror names a point twice"),
        ("[[0, 8]]", "mirror pairs 0 with 8, and no stream reads one of them"),
        ("[['0-2', '3-4']]", "zip"),
        ("[[0, 99]]", "99 are not points from 0 to 8"),
    ],
)
def test_a_mirror_that_is_none_is_refused(tmp_path: Path, mirror: str, reason: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"points: 9\nstreams: {{all: [0-7]}}\nmirror: {mirror}\n")
    with pytest.raises(DataError, match=reason):
        read_layout(path)


def test_points_that_only_the_published_network_reads_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("points: 90\nstreams: {body: [80-89]}\npaper: [0-78]\n")
    kept = find_layout(str(path)).without_unused()
    assert kept.points == 89
    assert kept.paper == tuple(range(79))
