"""Reading clips to look at them: from a run, a config file, a directory; whatever lies there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slt_engine.clips.errors import DataError
from slt_tui.clip_reading import ClipRow, ClipSources, list_clips, measure_clip, open_clip
from slt_tui.clip_reading.discovery import find_data_sets
from slt_tui.clip_reading.proportions import guess_aspect
from slt_tui.clip_reading.selection import ALL, ClipSelection
from tests.support.clip_sets import (
    FRAMES,
    TEXTS,
    clip_set,
    config_of,
    figure,
    save_keypoints,
    shared,
    write_rows,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return clip_set(tmp_path / "set")


def ids(rows: list[ClipRow]) -> list[str]:
    return [row.clip_id for row in rows]


def test_a_directory_in_the_usual_layout_is_found_whole(root: Path) -> None:
    sources = ClipSources.of(root)
    assert list(sources.indexes) == ["train", "val"]
    rows = list_clips(sources)
    assert [(row.clip_id, row.split) for row in rows] == [
        ("a1", "train"),
        ("b2", "train"),
        ("c3", "train"),
        ("-d4", "val"),
    ]
    assert (rows[0].text, rows[0].gloss, rows[2].gloss) == ("mañana llueve", "MAÑANA LLUEVE", None)
    facts = measure_clip(sources, rows[0])
    assert (facts.frames, facts.streams, facts.problem) == (12, ("keypoints", "pose", "face"), None)


def test_a_runs_config_is_read_against_the_directory_that_it_was_started_in(root: Path) -> None:
    sources = ClipSources.of_config(config_of(root), Path("/elsewhere"))
    assert sources.keypoints_dir == root / "processed/keypoints"
    assert ids(list_clips(sources)) == list(TEXTS)
    assert open_clip(sources, "b2").text == "hoy hace sol"


def test_an_index_beside_those_that_the_config_names_is_a_split_too(root: Path) -> None:
    write_rows(root / "index" / "unseen.csv", "video_id", ["x"])
    sources = ClipSources.of_config(config_of(root), root)
    assert list(sources.indexes) == ["train", "val", "unseen"]
    assert sources.crops == {"face": root / "processed/face"}


def test_a_config_file_is_found_its_data_from_wherever_it_is_opened(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {name: f"{root.name}/{path}" for name, path in config_of(root)["data"].items()}
    (root / "demo.yaml").write_text(json.dumps({"data": data}))
    for place in (root.parent, root, Path("/")):
        monkeypatch.chdir(place)
        assert ids(list_clips(ClipSources.of(root / "demo.yaml"))) == list(TEXTS)


def test_a_directory_of_keypoint_files_alone_is_a_data_set(root: Path) -> None:
    sources = ClipSources.of(root / "processed" / "keypoints")
    assert sorted(ids(list_clips(sources))) == sorted(TEXTS)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: None, "does not exist"),
        (lambda path: path.mkdir(), "holds no data set"),
        (lambda path: path.write_bytes(b"\x00"), "neither a directory nor a config file"),
    ],
)
def test_what_is_no_data_set_is_refused_in_one_line(tmp_path: Path, make: object, words: str) -> None:
    make(tmp_path / "x")  # type: ignore[operator]
    with pytest.raises(DataError, match=words) as caught:
        ClipSources.of(tmp_path / "x")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "[1]", "{", "data: 3", "{'data': {'train_index': [1]}}", "\x00"])
def test_a_config_that_holds_no_data_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "c.yaml").write_text(content)
    with pytest.raises(DataError) as caught:
        list_clips(ClipSources.of(tmp_path / "c.yaml"))
    assert "\n" not in str(caught.value)


def test_a_clip_has_its_points_its_mask_and_its_time(root: Path) -> None:
    clip = open_clip(ClipSources.of(root), "a1")
    assert clip.points_FJ2.shape == (12, 79, 2)
    assert (clip.layout, clip.fps, clip.aspect, clip.frames) == ("mska_79", 10.0, 1.0, 12)
    assert clip.present["hand_l"].tolist() == [False] * 6 + [True] * 6
    assert clip.share("hand_l") == 0.5
    assert clip.present["hand_r"].all()
    assert clip.images["face"].tolist() == [True] * 11 + [False]


def test_the_files_own_rate_comes_before_the_tables(root: Path) -> None:
    save_keypoints(root / "processed/keypoints/a1.npz", 12, fps=50)
    assert open_clip(ClipSources.of(root), "a1").fps == 50


def test_without_fps_in_meta_the_extractions_log_tells_it(root: Path) -> None:
    write_rows(root / "meta.csv", "video_id;texto", [f"{clip};{text}" for clip, text in TEXTS.items()])
    rows = ["half a li", '{"video_id": "a1", "fps": 12.5}', '{"video_id": "b2", "fps": "NaN"}', "[]"]
    write_rows(root / "processed/metadata.jsonl", "", rows)
    sources = ClipSources.of(root)
    assert [open_clip(sources, clip).fps for clip in ("a1", "b2")] == [12.5, 25.0]


def test_a_clip_without_keypoints_is_drawn_from_its_pose(root: Path) -> None:
    (root / "processed/keypoints/a1.npz").unlink()
    clip = open_clip(ClipSources.of(root), "a1")
    assert (clip.layout, clip.points_FJ2.shape, clip.problems) == ("pose", (12, 33, 2), ())
    assert clip.aspect == pytest.approx(6 / 7)


def test_damaged_keypoints_are_told_and_the_pose_is_drawn(root: Path) -> None:
    (root / "processed/keypoints/a1.npz").write_bytes(b"PK")
    clip = open_clip(ClipSources.of(root), "a1")
    assert clip.layout == "pose"
    assert "a1.npz: cannot be read" in clip.problems[0]


def test_a_clip_with_crops_only_has_frames_and_no_points(root: Path) -> None:
    for stream in ("keypoints", "pose"):
        (root / f"processed/{stream}/a1.npz").unlink()
    clip = open_clip(ClipSources.of(root), "a1")
    assert (clip.frames, clip.points_FJ2.shape[1], clip.present) == (11, 0, {})


def test_a_clip_without_any_file_is_told_in_one_line(root: Path) -> None:
    with pytest.raises(DataError, match=r'no file of "nobody"'):
        open_clip(ClipSources.of(root), "nobody")


def test_broken_tables_are_empty_and_told(root: Path) -> None:
    (root / "meta.csv").write_bytes(b"\xff\xfe")
    (root / "gloss.csv").write_text("nonsense\n1")
    sources = ClipSources.of(root)
    rows = list_clips(sources)
    assert [row.text for row in rows] == [None] * 4
    assert len(sources.tables.problems) == 2
    assert open_clip(sources, "a1").fps == 25


def test_without_indexes_meta_names_the_clips_and_their_splits(root: Path) -> None:
    for index in (root / "index").iterdir():
        index.unlink()
    write_rows(root / "meta.csv", "video_id;texto;split", ["a1;uno;train", "zz;dos;"])
    rows = list_clips(ClipSources.of(root))
    assert [(row.clip_id, row.split) for row in rows] == [("a1", "train"), ("zz", "-")]
    assert "no stream has a file" in str(measure_clip(ClipSources.of(root), rows[1]).problem)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_a_line_and_never_another_exception(tmp_path: Path, data: st.DataObject) -> None:
    suffix = data.draw(st.sampled_from([".npz", ".npy", ".pose"]))
    whole = damaged_source(tmp_path, suffix)
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    folder = tmp_path / "damaged"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / f"x{suffix}").write_bytes(content)
    sources = ClipSources.of(folder)
    [row] = list_clips(sources)
    measure_clip(sources, row)
    try:
        clip = open_clip(sources, "x")
    except DataError as problem:
        assert "\n" not in str(problem)  # noqa: PT017 - or no exception at all
    else:
        assert np.isfinite(clip.points_FJ2).all()


def damaged_source(folder: Path, suffix: str) -> bytes:
    if suffix == ".pose":
        return shared("pose/openpose.pose").read_bytes()[:60_000]
    path = folder / f"whole{suffix}"
    if suffix == ".npz":
        save_keypoints(path, 3)
    else:
        np.save(path, figure(3, 79))
    return path.read_bytes()


# Proportions.


def test_a_wide_pictures_proportion_is_told_by_its_signer(tmp_path: Path) -> None:
    sequences = np.load(shared("msl150/sequences.npz"))["x"]  # cut from videos of 1280 x 720
    guesses = []
    for number, values in enumerate(sequences):
        np.save(tmp_path / f"s{number}.npy", values)
        guesses.append(open_clip(ClipSources.of(tmp_path), f"s{number}").aspect)
    assert np.median(guesses) == pytest.approx(16 / 9)


def test_where_no_shoulders_are_seen_the_picture_is_taken_as_square() -> None:
    points_FJ2 = figure(3, 33)[..., :2]
    assert guess_aspect(points_FJ2, np.zeros((3, 33), bool), (0, 11, 12)) == 1.0
    assert guess_aspect(points_FJ2, np.ones((3, 33), bool), None) == 1.0


@pytest.mark.parametrize(
    ("name", "layout", "fps"), [("mediapipe", "mediapipe_543", 24), ("openpose", "openpose_137", 24)]
)
def test_pose_files_are_read_with_their_own_rate_and_picture(name: str, layout: str, fps: float) -> None:
    clip = open_clip(ClipSources.of(shared("pose")), name)
    assert (clip.layout, clip.fps, clip.aspect) == (layout, fps, 1.0)
    assert clip.share("hand_r") > 0.8


# The selection.


@pytest.fixture
def selection(root: Path) -> ClipSelection:
    sources = ClipSources.of(root)
    return ClipSelection(sources, list_clips(sources))


def test_words_are_sought_in_id_text_and_gloss_without_accents_and_capitals(selection: ClipSelection) -> None:
    for words, found in (("MANANA", ["a1"]), ("sol hoy", ["b2"]), ("C3", ["c3"]), ("o", ["b2", "c3", "-d4"])):
        selection.narrow(words)
        assert ids(selection.shown) == found


def test_the_cursor_stays_on_its_clip(selection: ClipSelection) -> None:
    selection.find("c3")
    selection.sort("id")
    assert selection.current is not None
    assert selection.current.clip_id == "c3"
    selection.narrow("mañana")
    assert selection.cursor == 0


def test_splits_come_round_again(selection: ClipSelection) -> None:
    seen = []
    for _ in range(3):
        selection.turn_split(1)
        seen.append((selection.split, len(selection.shown)))
    assert seen == [("train", 3), ("val", 1), (ALL, 4)]


def test_clips_are_counted_bit_by_bit_and_sorted_by_their_lengths(selection: ClipSelection) -> None:
    selection.sort("frames")
    while selection.measure(0.0005):
        pass
    assert selection.measured == 1
    assert ids(selection.shown) == sorted(FRAMES, key=lambda clip: FRAMES[clip])
    assert (selection.frames, selection.problems) == (sum(FRAMES.values()), 0)
    selection.sort("text", turned=True)
    assert ids(selection.shown)[0] == "-d4"


def test_the_summary_tells_splits_and_what_is_lacking(selection: ClipSelection) -> None:
    assert selection.summary == ["train 3", "val 1", "2 without gloss"]


def test_data_sets_are_found_once_in_place_and_among_runs(root: Path, tmp_path: Path) -> None:
    run = tmp_path / "work_dirs" / "r1"
    run.mkdir(parents=True)
    (run / "config.json").write_text(json.dumps(config_of(root)))
    (run / "lock").touch()
    other = clip_set(tmp_path / "more" / "other")
    (other.parent / "empty").mkdir()
    found = find_data_sets([tmp_path / "work_dirs"], tmp_path / "more")
    assert [entry.source for entry in found] == [other, run]
    found = find_data_sets([tmp_path / "work_dirs"], tmp_path)
    assert [entry.source for entry in found] == [root]  # the run's own data set
