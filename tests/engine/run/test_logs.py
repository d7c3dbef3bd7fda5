"""Logs are read from their end, whatever they hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slt_engine.run.logs import LogFollower, last_lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.log"


@pytest.mark.parametrize(
    "text",
    ["", "a", "a\n", "a\nb", "a\nb\n", "\n\n\n", "x\n" * 9, "y" * 70_000 + "\n" + "z" * 70_000 + "\nlast"],
)
@pytest.mark.parametrize("count", [0, 1, 2, 5, 100])
def test_the_last_lines_are_those_of_the_whole_text(path: Path, text: str, count: int) -> None:
    path.write_text(text)
    lines = text.removesuffix("\n").split("\n") if text else []
    assert last_lines(path, count) == (lines[-count:] if count else [])


def test_a_missing_log_has_no_lines(path: Path) -> None:
    assert last_lines(path, 5) == []
    assert LogFollower(path, 5).read() == []


def test_nothing_that_could_change_the_readers_terminal_comes_through(path: Path) -> None:
    path.write_bytes(
        b"\x1b[31mred\x1b[0m\ttab\n\x1b]0;title\x07text\x08\n\xff\xfe bytes\n\x1b[2J\x1b[?25lgone\n"
    )
    assert last_lines(path, 9) == ["red\ttab", "text", "�� bytes", "gone"]


def test_of_a_line_that_was_drawn_over_the_last_state_remains(path: Path) -> None:
    path.write_text("10 %\r50 %\r100 %\r\ndone\r\n")
    assert last_lines(path, 2) == ["100 %", "done"]


def test_a_follower_begins_with_the_last_lines_and_goes_on(path: Path) -> None:
    path.write_text("1\n2\n3\n")
    follower = LogFollower(path, 2)
    assert follower.read() == ["2", "3"]
    assert follower.read() == []
    with path.open("a") as log:
        log.write("4\nhal")
    assert follower.read() == ["4"]
    with path.open("a") as log:
        log.write("f\n")
    assert follower.read() == ["half"]


def test_a_log_that_appears_later_is_new_as_a_whole(path: Path) -> None:
    follower = LogFollower(path, 1)
    follower.read()
    path.write_text("1\n2\n")
    assert follower.read() == ["1", "2"]


def test_a_log_that_was_cut_or_replaced_is_read_from_its_start(path: Path) -> None:
    path.write_text("1\n2\n3\n")
    follower = LogFollower(path, 3)
    follower.read()
    os.truncate(path, 0)
    path.write_text("4\n")
    assert follower.read() == ["4"]
    path.unlink()
    path.write_text("a\nb\nc\n")
    assert follower.read() == ["a", "b", "c"]
