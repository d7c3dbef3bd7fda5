""".pose files: versions, hostile headers, thinned-out MediaPipe files."""

from __future__ import annotations

import struct
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from pose_format import Pose
from pose_format.numpy import NumPyPoseBody
from pose_format.pose_header import PoseHeader, PoseHeaderComponent, PoseHeaderDimensions

from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import keypoint_length, layout_of_file, read_keypoints
from slt_engine.clips.layouts import LAYOUTS
from slt_engine.clips.pose_container import read_pose_container, read_pose_head

MEDIAPIPE = {
    "POSE_LANDMARKS": 33,
    "FACE_LANDMARKS": 468,
    "LEFT_HAND_LANDMARKS": 21,
    "RIGHT_HAND_LANDMARKS": 21,
}


def pose_header(counts: dict[str, list[str]], letters: str) -> PoseHeader:
    components = [PoseHeaderComponent(name, points, [], [], letters) for name, points in counts.items()]
    return PoseHeader(0.2, PoseHeaderDimensions(640, 480), components)


def numbered(counts: dict[str, int]) -> dict[str, list[str]]:
    return {name: [str(point) for point in range(count)] for name, count in counts.items()}


def write_pose(
    path: Path, points_FJC: np.ndarray, names: dict[str, list[str]], *, people: int = 1, letters: str = "XYZC"
) -> Path:
    """A version 0.2 file by the pose-format package; every further person is all zeros."""
    data_FNJD = np.zeros((len(points_FJC), people, points_FJC.shape[1], points_FJC.shape[2] - 1), np.float32)
    data_FNJD[:, 0] = points_FJC[..., :-1]
    confidence_FNJ = np.zeros(data_FNJD.shape[:3], np.float32)
    confidence_FNJ[:, 0] = points_FJC[..., -1]
    with path.open("wb") as file:
        Pose(pose_header(names, letters), NumPyPoseBody(25.0, data_FNJD, confidence_FNJ)).write(file)
    return path


def older(path: Path, version: float) -> Path:
    """The same one-person file in version 0.0 or 0.1 of the container."""
    head, points = read_pose_head(path), read_pose_container(path)[1]
    content = path.read_bytes()
    start = struct.pack("<f", version) + content[4 : head.body_at - 10]
    if version == 0.1:
        body = struct.pack("<HHH", 25, head.frames % 65536, 1) + content[head.body_at :]
    else:
        depth_FJ1 = np.zeros((*points.shape[:2], 1), np.float32)
        values_FJ4 = np.concatenate([points[..., :2], depth_FJ1, points[..., 2:]], axis=-1)
        frames = [struct.pack("<Hh", 1, 7) + frame.tobytes() for frame in values_FJ4]
        frames[1] = struct.pack("<H", 0)
        body = struct.pack("<HH", 25, head.frames) + b"".join(frames)
    path.write_bytes(start + body)
    return path


@pytest.fixture(name="points_FJC")
def _points() -> np.ndarray:
    points = np.random.default_rng(0).uniform(10, 400, (5, 543, 4)).astype(np.float32)
    points[..., 3] = 0.5
    points[2, 501:522] = 0
    return points


@pytest.fixture
def path(tmp_path: Path, points_FJC: np.ndarray) -> Path:
    return write_pose(tmp_path / "a.pose", points_FJC, numbered(MEDIAPIPE))


def test_a_file_is_read_in_image_units_with_its_layout(path: Path, points_FJC: np.ndarray) -> None:
    layout = layout_of_file(path)
    read_FJC = read_keypoints(path, layout)
    assert layout.name == "mediapipe_543"
    assert keypoint_length(path) == 5
    np.testing.assert_allclose(read_FJC[..., 0], points_FJC[..., 0] / 640, rtol=1e-6)
    np.testing.assert_allclose(read_FJC[..., 1], points_FJC[..., 1] / 480, rtol=1e-6)
    np.testing.assert_array_equal(read_FJC[..., 2], points_FJC[..., 3])


def test_our_values_are_those_of_the_pose_format_package(path: Path) -> None:
    theirs = Pose.read(path.read_bytes()).body
    _, ours_FJC = read_pose_container(path)
    np.testing.assert_array_equal(ours_FJC[..., :2], theirs.data.data[:, 0, :, :2])
    np.testing.assert_array_equal(ours_FJC[..., 2], theirs.confidence[:, 0])


def test_version_0_1_is_read(path: Path, points_FJC: np.ndarray) -> None:
    older(path, 0.1)
    assert keypoint_length(path) == 5
    np.testing.assert_array_equal(read_pose_container(path)[1], points_FJC[..., [0, 1, 3]])


def test_version_0_0_is_read_and_a_frame_with_nobody_is_missing(path: Path, points_FJC: np.ndarray) -> None:
    older(path, 0.0)
    points_FJC[1] = 0
    assert keypoint_length(path) == 5
    np.testing.assert_array_equal(read_pose_container(path)[1], points_FJC[..., [0, 1, 3]])


def test_version_0_1_with_more_frames_than_its_field_can_count(tmp_path: Path) -> None:
    points = np.ones((65_540, 1, 3), np.float32)
    path = write_pose(tmp_path / "a.pose", points, {"BODY": ["a"]}, letters="XYC")
    assert keypoint_length(older(path, 0.1)) == 65_540


def test_of_several_people_the_first_is_read(tmp_path: Path, points_FJC: np.ndarray) -> None:
    path = write_pose(tmp_path / "a.pose", points_FJC, numbered(MEDIAPIPE), people=3)
    np.testing.assert_array_equal(read_pose_container(path)[1], points_FJC[..., [0, 1, 3]])


def test_points_that_a_thinned_out_file_keeps_return_to_their_places(
    tmp_path: Path, points_FJC: np.ndarray
) -> None:
    names = {
        "POSE_LANDMARKS": ["LEFT_SHOULDER", "RIGHT_SHOULDER", "NOSE", "RIGHT_FOOT_INDEX"],
        "FACE_LANDMARKS": ["0", "162", "467"],
        "LEFT_HAND_LANDMARKS": [str(point) for point in range(21)],
        "RIGHT_HAND_LANDMARKS": [str(point) for point in range(21)],
    }
    kept = [11, 12, 0, 32, 33, 33 + 162, 33 + 467, *range(501, 543)]
    path = write_pose(tmp_path / "a.pose", points_FJC[:, kept], names)
    layout = layout_of_file(path)
    read_FJC = read_keypoints(path, layout)
    assert layout.name == "mediapipe_543"
    np.testing.assert_allclose(read_FJC[:, kept, 0], points_FJC[:, kept, 0] / 640, rtol=1e-6)
    assert np.count_nonzero(read_FJC[0, :, 2]) == len(kept)


def test_a_file_with_points_of_no_known_layout_is_refused(tmp_path: Path) -> None:
    path = write_pose(tmp_path / "a.pose", np.ones((2, 9, 4), np.float32), numbered({"PAW": 9}))
    with pytest.raises(DataError, match=r"shape \(2, 9, 3\) fits none of the layouts"):
        layout_of_file(path)


@pytest.mark.parametrize("version", [0.0, 0.1, 0.2])
@pytest.mark.parametrize("cut", [1, 7, 1000, 20_000])
def test_a_file_that_is_cut_short_is_refused(path: Path, version: float, cut: int) -> None:
    if version < 0.2:
        older(path, version)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(DataError, match=r"a\.pose: not a readable \.pose file \(.*\); write it again"):
        read_keypoints(path, LAYOUTS["mediapipe_543"])


@pytest.mark.parametrize(
    ("frames", "people"), [(2**32 - 1, 1), (5, 65_535), (2**32 - 1, 65_535), (0, 1), (5, 0), (2**32 - 1, 0)]
)
def test_a_header_that_promises_what_is_not_there_costs_no_memory(
    path: Path, frames: int, people: int
) -> None:
    content = bytearray(path.read_bytes())
    at = read_pose_head(path).body_at
    content[at - 6 : at] = struct.pack("<IH", frames, people)
    path.write_bytes(content)
    tracemalloc.start()
    for read in (keypoint_length, layout_of_file, read_pose_container):
        with pytest.raises(DataError):
            read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 << 20


def test_the_oldest_version_without_points_does_not_run_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.pose"
    header = struct.pack("<fHHHH", 0.0, 640, 480, 0, 0)
    path.write_bytes(header + struct.pack("<HH", 25, 65_535) + b"\xff" * 1000)
    with pytest.raises(DataError, match=r"a\.pose"):
        read_keypoints(path, LAYOUTS["mediapipe_543"])


def test_an_unknown_version_is_named(path: Path) -> None:
    path.write_bytes(struct.pack("<f", 0.3) + path.read_bytes()[4:])
    with pytest.raises(DataError, match=r"version 0\.3 of the format is not read"):
        keypoint_length(path)


def test_one_file_s_header_is_not_taken_for_another_s(tmp_path: Path) -> None:
    first = write_pose(tmp_path / "a.pose", np.ones((2, 9, 4), np.float32), numbered({"PAW": 9}))
    other = write_pose(tmp_path / "b.pose", np.ones((3, 8, 4), np.float32), numbered({"PAW": 8}))
    assert [read_pose_head(path).points for path in (first, other, first)] == [9, 8, 9]


@pytest.mark.parametrize("version", [0.0, 0.1, 0.2])
def test_flipped_and_lost_bytes_give_data_or_a_data_error(tmp_path: Path, version: float) -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(10, 400, (4, 48, 4)).astype(np.float32)
    path = write_pose(tmp_path / "a.pose", points, numbered({"A": 20, "B": 28}))
    if version < 0.2:
        older(path, version)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    for _ in range(400):
        broken = whole.copy()
        broken[rng.integers(0, 400, rng.integers(1, 4))] ^= rng.integers(1, 256, dtype=np.uint8)
        end = rng.integers(0, len(whole)) if rng.random() < 0.3 else None
        path.write_bytes(broken[:end].tobytes())
        with suppress(DataError):
            keypoint_length(path)
            read_keypoints(path, LAYOUTS["hands_body_48"])
