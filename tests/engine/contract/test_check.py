"""Each planted fault is found, told with its place and what to do, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from slt_engine.contract import Report, check
from slt_tui.clip_reading import ClipSources
from tests.engine.contract.planted import (
    CLIPS,
    crop_path,
    moving,
    plant,
    save_crop,
    save_keypoints,
    save_pose,
    write_glosses,
    write_index,
    write_meta,
)
from tests.support.clip_sets import write_rows

Plant = Callable[[Path], object]


def examine(root: Path, *, deep: bool = False) -> Report:
    return check(ClipSources.of(root), deep=deep)


def rules(root: Path, *, deep: bool = False) -> set[str]:
    return {problem.rule for problem in examine(root, deep=deep).problems}


def points(seed: int = 0, frames: int = CLIPS["a1"], joints: int = 79) -> np.ndarray:
    return moving(frames, joints, seed=seed)


def changed(where: tuple[object, ...], value: float) -> np.ndarray:
    points_FJ3 = points()
    points_FJ3[where] = value
    return points_FJ3


def append(path: str, row: str) -> Plant:
    return lambda root: (root / path).open("a", encoding="utf-8").write(row + "\n")


def replace_bytes(path: str, content: bytes) -> Plant:
    return lambda root: (root / path).write_bytes(content)


def cut(path: str) -> Plant:
    return lambda root: (root / path).write_bytes((root / path).read_bytes()[:200])


def keypoints(clip: str, values: np.ndarray, **claims: object) -> Plant:
    return lambda root: save_keypoints(root, clip, values, **claims)


def meta(columns: str, **values: str) -> Plant:
    return lambda root: write_meta(root, columns=columns, **values)


def glosses(**labels: str) -> Plant:
    whole = {"a1": "1 2", "b2": "3 4", "-c3": "1 3", "007": "2 4"}
    return lambda root: write_glosses(root, whole | labels)


def far_away() -> np.ndarray:
    return changed((slice(None), slice(0, 9), 0), 50.0)


def without_hands() -> np.ndarray:
    """The arms are there, which the published layout counts among the hands' streams."""
    return changed((slice(None), slice(0, 42)), 0.0)


def link_copy(root: Path) -> None:
    (root / "processed/keypoints/b2.npz").write_bytes((root / "processed/keypoints/a1.npz").read_bytes())
    save_pose(root, "b2", moving(12, 33, seed=11))
    for frame in range(12, 20):
        crop_path(root, "b2", frame).unlink()


def copy_into_val(root: Path) -> None:
    (root / "processed/pose/-c3.npz").write_bytes((root / "processed/pose/a1.npz").read_bytes())
    for frame in range(12, 16):
        crop_path(root, "-c3", frame).unlink()
    save_keypoints(root, "-c3", moving(12, 79, seed=2))


def unlink_all(root: Path, clip: str) -> None:
    for path in (root / "processed").rglob(f"{clip}*"):
        path.unlink()


FAULTS: list[tuple[str, str, Plant]] = [
    ("no-meta", "error", lambda root: (root / "meta.csv").unlink()),
    ("columns", "error", replace_bytes("meta.csv", b"id;text\na1;hola\n")),
    ("table", "error", replace_bytes("meta.csv", "video_id;texto\na1;ma\xf1ana\n".encode("latin-1"))),
    ("fields", "error", append("meta.csv", "d4;hola;what is this")),
    ("id", "error", append("meta.csv", "../d4;hola")),
    ("id-repeated", "warning", append("meta.csv", "a1;mañana llueve")),
    ("id-two-texts", "error", append("meta.csv", "a1;otra cosa")),
    ("text-empty", "error", lambda root: write_rows(root / "meta.csv", "video_id;texto", ["a1;"])),
    ("text-damaged", "warning", append("meta.csv", "d4;ma\ufffdana")),
    ("text-repeated", "warning", lambda root: same_text(root)),
    ("no-splits", "warning", lambda root: [path.unlink() for path in (root / "index").iterdir()]),
    ("index", "error", replace_bytes("index/val.csv", b'video_id\n"-c3\n')),
    ("index-empty", "error", replace_bytes("index/val.csv", b"video_id\n")),
    ("index-repeated", "error", append("index/train.csv", "a1")),
    ("index-unknown", "error", append("index/train.csv", "nobody")),
    ("leak", "error", append("index/val.csv", "a1")),
    ("leak-source", "warning", meta(";video", a1=";v1", b2=";v2", _c3=";v1", **{"007": ";v3"})),
    ("not-indexed", "warning", append("meta.csv", "d4;hola")),
    ("split-other", "warning", meta(";split", a1=";val")),
    ("gloss", "error", append("gloss.csv", "d4;G1;one")),
    ("gloss", "error", append("gloss.csv", "d4;G1;0")),
    ("gloss", "error", append("gloss.csv", "d4;G1 G2;1")),
    ("gloss-two", "error", append("gloss.csv", "a1;G2;2")),
    ("gloss-unknown", "warning", append("gloss.csv", "d4;G1;1")),
    ("gloss-unseen", "warning", glosses(**{"-c3": "5"})),
    ("gloss-missing", "warning", lambda root: write_glosses(root, {"a1": "1 3", "b2": "2 4", "-c3": "1"})),
    ("label-two", "error", append("gloss.csv", "d4;OTHER;1")),
    ("gloss-two-labels", "warning", append("gloss.csv", "d4;G1;9")),
    ("label-sparse", "warning", glosses(**{"a1": "1 2 90"})),
    ("ctc-crowded", "error", glosses(**{"a1": " ".join(["1"] * 7)})),
    (
        "directory-empty",
        "error",
        lambda root: [path.unlink() for path in (root / "processed/pose").iterdir()],
    ),
    ("two-files", "warning", lambda root: np.save(root / "processed/keypoints/a1.npy", points())),
    ("file-unknown", "warning", lambda root: save_keypoints(root, "d4", moving(9, 79, seed=7))),
    ("no-file", "error", lambda root: unlink_all(root, "a1")),
    ("no-stream", "warning", lambda root: (root / "processed/pose/a1.npz").unlink()),
    ("unreadable", "error", cut("processed/keypoints/a1.npz")),
    ("unreadable", "error", cut("processed/pose/a1.npz")),
    ("unreadable", "error", keypoints("b2", points(1, 20, 21))),
    ("unreadable", "error", keypoints("a1", points() * 300, space="pixels")),
    ("unreadable", "error", lambda root: save_pose(root, "a1", points(1, 12, 25))),
    ("not-finite", "warning", keypoints("a1", changed((0, 3), np.nan))),
    ("nothing-found", "error", keypoints("a1", np.zeros((12, 79, 3), np.float32))),
    ("far-outside", "warning", keypoints("a1", far_away())),
    ("still", "warning", keypoints("a1", np.repeat(points()[:1], 12, axis=0))),
    ("no-hands", "warning", keypoints("a1", without_hands())),
    ("short", "warning", lambda root: shorten(root)),
    ("lengths", "error", keypoints("a1", points(0, 30))),
    ("copy", "warning", link_copy),
    ("leak-copy", "error", copy_into_val),
    ("crop-gap", "warning", lambda root: crop_path(root, "a1", 5).unlink()),
    ("crop-twice", "warning", lambda root: second_name(root)),
    ("crop-broken", "error", lambda root: crop_path(root, "a1", 0).write_bytes(b"not a picture")),
    ("crop-broken", "error", lambda root: halve(crop_path(root, "a1", 0))),
    ("crop-shape", "warning", lambda root: save_crop(root, "a1", 0, size=(16, 24))),
    ("crop-sizes", "warning", lambda root: save_crop(root, "a1", 0, size=(32, 32))),
    ("crop-black", "warning", lambda root: [save_crop(root, "a1", frame, grey=0) for frame in range(12)]),
    ("number", "warning", meta(";duration", a1=";6.850.000.000.000.020")),
    ("fps", "warning", meta(";fps", a1=";0")),
    ("span", "warning", meta(";start;end", a1=";9.5;2")),
    ("duration", "warning", meta(";start;end;duration", a1=";1;4;28.8")),
    ("frame-count", "warning", meta(";frame_count", a1=";99")),
    ("frame-rate", "warning", meta(";fps;duration", a1=";25;20")),
]


def same_text(root: Path) -> None:
    write_rows(root / "meta.csv", "video_id;texto", [f"{clip};hola" for clip in CLIPS])


def second_name(root: Path) -> None:
    path = crop_path(root, "a1", 5)
    path.with_name("a1_f5.jpg").write_bytes(path.read_bytes())


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def shorten(root: Path) -> None:
    save_keypoints(root, "a1", points(0, 2))
    save_pose(root, "a1", moving(2, 33, seed=10))
    for frame in range(2, 12):
        crop_path(root, "a1", frame).unlink()


def test_a_clean_set_has_no_problem(tmp_path: Path) -> None:
    report = examine(plant(tmp_path), deep=True)
    assert [str(problem) for problem in report.problems] == []
    assert report.frames["-c3"] == {"keypoints": 16, "pose": 16, "face": 16}
    assert report.pictures == sum(CLIPS.values())


@pytest.mark.parametrize(
    ("rule", "severity", "spoil"), FAULTS, ids=[f"{n}-{f[0]}" for n, f in enumerate(FAULTS)]
)
def test_a_planted_fault_is_found(tmp_path: Path, rule: str, severity: str, spoil: Plant) -> None:
    root = plant(tmp_path)
    spoil(root)
    found = [problem for problem in examine(root).problems if problem.rule == rule]
    assert found, rules(root)
    assert found[0].severity == severity
    assert found[0].message
    assert found[0].remedy
    assert "\n" not in str(found[0])


def test_at_least_25_kinds_of_fault_are_known() -> None:
    assert len({rule for rule, _, _ in FAULTS}) >= 25


def test_a_crop_that_is_broken_between_the_sampled_ones_needs_a_deep_look(tmp_path: Path) -> None:
    root = plant(tmp_path)
    crop_path(root, "b2", 3).write_bytes(b"x" * 100)
    assert "crop-broken" not in rules(root)
    assert "crop-broken" in rules(root, deep=True)


def test_crops_of_a_part_that_is_seen_at_times_may_end_early(tmp_path: Path) -> None:
    root = plant(tmp_path)
    for frame in (2, *range(6, 12)):
        crop_path(root, "a1", frame).unlink()
    assert rules(root) == {"crop-gap"}


def test_depths_in_place_of_confidences_are_told_once_a_clip(tmp_path: Path) -> None:
    root = plant(tmp_path)
    for clip, frames in CLIPS.items():
        points_FJ3 = points(0, frames)
        points_FJ3[..., 2] *= -1
        np.savez(root / f"processed/keypoints/{clip}.npz", keypoints=points_FJ3)
    found = [problem.clip for problem in examine(root).problems if problem.rule == "unreadable"]
    assert sorted(found) == sorted(CLIPS)


def test_a_missing_hand_is_no_problem(tmp_path: Path) -> None:
    root = plant(tmp_path)
    save_keypoints(root, "a1", changed((slice(None), slice(0, 21)), 0.0))
    assert rules(root) == set()


@pytest.mark.parametrize(
    ("text", "told"), [("mañana\n\tllueve", set()), ("mañana\x85 llueve", {"text-damaged"})]
)
def test_lines_and_tabs_are_text_and_another_encodings_dots_are_not(
    tmp_path: Path, text: str, told: set[str]
) -> None:
    root = plant(tmp_path)
    content = (root / "meta.csv").read_text(encoding="utf-8").replace("mañana llueve", text)
    (root / "meta.csv").write_text(content, encoding="utf-8")
    assert rules(root) == told


def test_every_faulty_row_is_told_not_the_first_alone(tmp_path: Path) -> None:
    root = plant(tmp_path)
    append("meta.csv", "d4;x;y;z")(root)
    append("meta.csv", "../e5;hola")(root)
    append("meta.csv", "f6;x;y;z")(root)
    assert [p.line for p in examine(root).problems if p.rule in ("fields", "id")] == [6, 7, 8]


def test_progress_counts_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    check(ClipSources.of(plant(tmp_path)), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_frame_stride_leaves_fewer_frames_for_ctc(tmp_path: Path) -> None:
    root = plant(tmp_path)
    write_glosses(root, {"a1": "1 2 1 2 1 2 1", "b2": "3 4", "-c3": "1 3", "007": "2 4"})
    assert "ctc-crowded" not in rules(root)
    config = root / "run.yaml"
    config.write_text(
        f"data: {{metadata_csv: {root}/meta.csv, gloss_csv: {root}/gloss.csv, frame_stride: 2,"
        f" keypoints_dir: {root}/processed/keypoints, train_index: {root}/index/train.csv}}"
    )
    assert "ctc-crowded" in rules(config)


def test_labels_that_no_training_clip_has_are_told_with_the_gloss(tmp_path: Path) -> None:
    root = plant(tmp_path)
    write_index(root, "val", "-c3", "007")
    glosses(**{"-c3": "5"})(root)
    found = [problem for problem in examine(root).problems if problem.rule == "gloss-unseen"]
    assert 'such as "G5"' in found[0].message


def test_a_hand_is_seen_by_its_own_points_not_by_its_arm(tmp_path: Path) -> None:
    root = plant(tmp_path)
    save_keypoints(root, "a1", changed((slice(None), slice(0, 21)), 0.0))
    shares = examine(root).shares["a1"]
    assert (shares["hand_l"], shares["hand_r"], shares["body"]) == (0.0, 1.0, 1.0)
