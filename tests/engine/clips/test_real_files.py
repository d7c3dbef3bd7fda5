"""Real recordings: the table's indices point at what they say."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from slt_engine.clips.keypoints import keypoint_length, layout_of_file, read_keypoints
from slt_engine.clips.layouts import LAYOUTS, Layout

SHARED = Path(__file__).parents[3].parent / "shared" / "data"


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


def lexicon() -> list[Path]:
    spec = find_spec("spoken_to_signed")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the extra `demo` is not installed")
    root = Path(spec.submodule_search_locations[0]) / "assets" / "fingerspelling_lexicon"
    return sorted(root.glob("*/*.pose"))[::40]


def distance(points_FJC: np.ndarray, first: int, second: int) -> float:
    """The median between two points on frames where both were found; NaN when there are none."""
    both_F = (points_FJC[:, first, 2] > 0) & (points_FJC[:, second, 2] > 0)
    apart_F2 = points_FJC[both_F, first, :2] - points_FJC[both_F, second, :2]
    return float(np.median(np.linalg.norm(apart_F2, axis=-1))) if len(apart_F2) else np.nan


def assert_hands_hang_on_their_wrists(
    points_FJC: np.ndarray, layout: Layout, wrists: tuple[int, int]
) -> None:
    """Each hand's root is far nearer to the body's wrist of its side than to the other one."""
    for hand, own, other in zip(("hand_l", "hand_r"), wrists, reversed(wrists), strict=True):
        root = layout.streams[hand][layout.wrists[hand]]
        near, far = distance(points_FJC, root, own), distance(points_FJC, root, other)
        assert near < 0.5 * far or np.isnan(near) or np.isnan(far), hand


def test_the_lexicon_s_files_are_mediapipe_586() -> None:
    for path in lexicon():
        layout = layout_of_file(path)
        assert layout.name == "mediapipe_586"
        points_FJC = read_keypoints(path, layout)
        assert len(points_FJC) == keypoint_length(path)
        assert_hands_hang_on_their_wrists(points_FJC, layout, (15, 16))


def test_the_face_s_points_surround_the_nose_in_the_right_order() -> None:
    layout = LAYOUTS["mediapipe_586"]
    points_FJC = np.concatenate([read_keypoints(path, layout) for path in lexicon()[:5]])
    face_FJC = points_FJC[:, layout.streams["face"]]
    jaw_left, chin, jaw_right = face_FJC[:, 0], face_FJC[:, 2:4].mean(axis=1), face_FJC[:, 5]
    brows, tip, eyes, mouth = (
        face_FJC[:, span].mean(axis=1) for span in (slice(6, 10), [10], slice(12, 16), [23])
    )
    found_F = face_FJC[..., 2].all(axis=1)
    assert found_F.any()
    assert (jaw_left[found_F, 0] < tip[found_F, 0]).all()
    assert (tip[found_F, 0] < jaw_right[found_F, 0]).all()
    for above, below in ((brows, eyes), (eyes, tip), (tip, mouth), (mouth, chin)):
        assert (above[found_F, 1] < below[found_F, 1]).mean() > 0.95


def test_the_openpose_file_is_openpose_137() -> None:
    path = shared("pose/openpose.pose")
    layout = layout_of_file(path)
    points_FJC = read_keypoints(path, layout)
    assert (layout.name, points_FJC.shape) == ("openpose_137", (93, 137, 3))
    assert_hands_hang_on_their_wrists(points_FJC, layout, (7, 4))
    face_FC = points_FJC[:, layout.streams["face"]].mean(axis=1)
    assert np.median(np.linalg.norm(face_FC[:, :2] - points_FJC[:, 0, :2], axis=-1)) < 0.05


def test_the_thinned_out_mediapipe_file_returns_to_543_points() -> None:
    path = shared("pose/mediapipe.pose")
    layout = layout_of_file(path)
    points_FJC = read_keypoints(path, layout)
    assert (layout.name, points_FJC.shape) == ("mediapipe_543", (170, 543, 3))
    assert_hands_hang_on_their_wrists(points_FJC, layout, (15, 16))


def test_the_msl_sequences_are_msl_226(tmp_path: Path) -> None:
    sequences = np.load(shared("msl150/sequences.npz"))["x"]
    layout = LAYOUTS["msl_226"]
    hands_found = np.zeros(2)
    for sequence in sequences[::10]:
        np.save(tmp_path / "a.npy", sequence)
        assert layout_of_file(tmp_path / "a.npy") is layout
        points_FJC = read_keypoints(tmp_path / "a.npy", layout)
        assert_hands_hang_on_their_wrists(points_FJC, layout, (15, 16))
        hands_found += [points_FJC[:, layout.streams[hand], 2].mean() for hand in ("hand_l", "hand_r")]
    assert hands_found[1] > hands_found[0]
