"""Paths are completed as a shell does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_tui.path_completion import complete_path, longest_start


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with something in it."""
    for name in ("data/demo/demo.yaml", "data/toy/demo.yaml", "dates.csv", ".hidden"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_directory_ends_with_a_slash() -> None:
    assert complete_path("da") == ["data/", "dates.csv"]


def test_only_directories_are_given_when_only_they_will_do() -> None:
    assert complete_path("da", directories_only=True) == ["data/"]


def test_what_lies_in_a_directory_follows_its_slash() -> None:
    assert complete_path("data/") == ["data/demo/", "data/toy/"]


def test_hidden_files_come_when_the_dot_was_typed() -> None:
    assert complete_path(".h") == [".hidden"]
    assert ".hidden" not in complete_path("")


def test_the_home_directory_may_be_meant() -> None:
    assert complete_path("~/data/t") == ["~/data/toy/"]


def test_a_place_that_is_not_there_has_no_completions() -> None:
    assert complete_path("nowhere/x") == []


def test_completion_goes_as_far_as_there_is_one_way() -> None:
    assert longest_start(["data/", "dates.csv"]) == "dat"
    assert longest_start([]) == ""


def test_a_user_that_is_not_there_has_no_completions() -> None:
    assert complete_path("~nobody-of-that-name/x") == []
