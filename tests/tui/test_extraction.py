"""What the app asks of the engine for an extraction, and the command line that does the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_tui.extraction import Wish, processed_beside


def test_what_is_usual_is_not_said(tmp_path: Path) -> None:
    wish = Wish(tmp_path / "videos", tmp_path / "processed")
    assert wish.command == f"slt data extract {tmp_path}/videos {tmp_path}/processed"


def test_everything_that_was_asked_is_said(tmp_path: Path) -> None:
    wish = Wish(Path("my videos"), tmp_path, fps=12.5, workers=2, face_blur=True, recursive=True)
    assert wish.command == (
        f"slt data extract --fps 12.5 --workers 2 --face-blur --recursive 'my videos' {tmp_path}"
    )


def test_an_extraction_that_is_there_is_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "extraction.json").touch()
    assert "--resume" in Wish(Path("videos"), tmp_path).words


def test_a_directory_that_looks_like_an_option_is_none(tmp_path: Path) -> None:
    assert Wish(Path("-v"), tmp_path).command == f"slt data extract -- -v {tmp_path}"


@pytest.mark.parametrize(
    ("videos", "out"),
    [
        ("data/a/videos", "data/a/processed"),
        ("data/a/videos/x.mp4", "data/a/processed"),
        ("films", "films/processed"),
    ],
)
def test_clips_go_where_the_layout_has_them(videos: str, out: str) -> None:
    assert processed_beside(Path(videos)) == Path(out)
