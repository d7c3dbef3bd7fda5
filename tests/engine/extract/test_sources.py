"""Which clips there are: videos of a directory, pieces of a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.clips.errors import DataError
from slt_engine.extract.sources import Job, find_videos, pieces, whole_videos
from tests.engine.extract.videos import write_table

LSA_T = ("id", "text", "video", "playlist", "start", "end", "duration", "split", "prev_delta", "post_delta")


def touch(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return paths


def test_videos_are_found_by_their_suffix_whatever_its_case(tmp_path: Path) -> None:
    touch(tmp_path, "b.MP4", "a.mkv", "c.webm", "d.mov", "e.avi", "f.gif", "notes.txt", "deep/g.mp4")
    assert [path.name for path in find_videos(tmp_path)] == [
        "a.mkv",
        "b.MP4",
        "c.webm",
        "d.mov",
        "e.avi",
        "f.gif",
    ]


def test_directories_below_are_looked_into_on_request(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4", "deep/er/g.mp4")
    assert [path.name for path in find_videos(tmp_path, recursive=True)] == ["a.mp4", "g.mp4"]


def test_one_video_may_be_named(tmp_path: Path) -> None:
    (video,) = touch(tmp_path, "a.mp4")
    assert whole_videos(find_videos(video)) == [Job("a", video)]


@pytest.mark.parametrize(("name", "says"), [("none", "neither"), (".", "--recursive")])
def test_a_place_without_videos_is_told(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        find_videos(tmp_path / name)


def test_two_videos_with_the_same_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'"a" would be the id of .*rename'):
        whole_videos(touch(tmp_path, "a.mkv", "a.mp4"))


@pytest.mark.parametrize("stem", ["a\nb", " a", "x" * 241])
def test_a_video_whose_name_can_be_no_id_is_told_and_stops_no_other(tmp_path: Path, stem: str) -> None:
    (odd,) = whole_videos(touch(tmp_path, f"{stem}.mp4"))
    assert "cannot be a video_id" in odd.fault
    assert odd.fault.endswith("; rename it")


def test_pieces_are_read_as_lsa_t_names_them(tmp_path: Path) -> None:
    (video,) = touch(tmp_path, "news 1.mp4")
    rows = [
        ("007", "hola", "news 1.mp4", "p", "1.5", "3", "", "", "", ""),
        ("-8", "", "news 1", "p", "3", "4,25", "", "", "", ""),
    ]
    jobs = pieces(write_table(tmp_path / "meta.csv", LSA_T, rows), [video])
    assert jobs == [Job("007", video, 1.5, 3.0), Job("-8", video, 3.0, 4.25)]


@pytest.mark.parametrize(
    ("start", "end"), [("", ""), ("3", "2"), ("-1", "2"), ("1", "6.850.000.000"), ("1", "nan")]
)
def test_a_row_without_a_stretch_of_seconds_is_kept_with_its_fault(
    tmp_path: Path, start: str, end: str
) -> None:
    (video,) = touch(tmp_path, "v.mp4")
    table = write_table(tmp_path / "c.csv", ("video_id", "video", "start", "end"), [("a", "v", start, end)])
    (job,) = pieces(table, [video])
    assert "c.csv line 2" in job.fault


def test_a_row_whose_video_is_not_there_is_kept_with_its_fault(tmp_path: Path) -> None:
    table = write_table(tmp_path / "c.csv", ("id", "video", "start", "end"), [("a", "gone.mp4", 1, 2)])
    (job,) = pieces(table, [])
    assert 'no video "gone.mp4"' in job.fault


@pytest.mark.parametrize(
    ("header", "rows", "says"),
    [
        (("id", "video", "start"), [("a", "v", 1)], 'no column "end"'),
        (("id", "video", "start", "end"), [("a", "v", 1, 2), ("a", "v", 2, 3)], 'line 3: "a" stands above'),
        (("id", "video", "start", "end"), [("../a", "v", 1, 2)], "cannot be a video_id"),
        (("id", "video", "start", "end"), [], "holds no row"),
    ],
)
def test_a_table_that_is_wrong_is_refused(
    tmp_path: Path, header: list[str], rows: list[list[str]], says: str
) -> None:
    with pytest.raises(DataError, match=says):
        pieces(write_table(tmp_path / "c.csv", header, rows), touch(tmp_path, "v.mp4"))
