"""A log is read only where it is looked at, whatever its length and whatever it holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.run.log_file import LONGEST, LogFile, split_lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.log"


def opened(path: Path) -> LogFile:
    log = LogFile(path)
    log.look()
    return log


def texts(log: LogFile, begin: int, count: int) -> list[str]:
    return [line.text for line in log.lines(begin, count)]


def test_lines_are_read_from_the_end_upwards_and_down_again(path: Path) -> None:
    path.write_text("".join(f"line {number}\n" for number in range(100)))
    log = opened(path)
    begin = log.begin_before(log.size, 3)
    assert texts(log, begin, 9) == ["line 97", "line 98", "line 99"]
    begin = log.begin_before(begin, 2)
    assert texts(log, begin, 2) == ["line 95", "line 96"]
    assert log.begin_before(begin, 1000) == 0


def test_opening_300_mb_reads_a_block_or_two(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300_000_000)
        file.seek(300_000_000)
        file.write(b"\nthe last line\n")
    log = opened(path)
    assert texts(log, log.begin_before(log.size, 1), 40) == ["the last line"]
    assert log.bytes_read < 300_000


def test_the_first_line_of_300_mb_costs_no_more(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"the first line\n" * 40)
        file.truncate(300_000_000)
    log = opened(path)
    assert texts(log, 0, 40) == ["the first line"] * 40
    assert log.bytes_read < 300_000


def test_a_line_that_is_too_long_comes_in_pieces_and_nothing_is_lost(path: Path) -> None:
    path.write_bytes(b"a\n" + b"x" * (2 * LONGEST + 5) + b"\nb\n")
    lines = opened(path).lines(0, 9)
    assert [len(line.text) for line in lines] == [1, LONGEST, LONGEST, 5, 1]
    assert [line.begin for line in lines[1:]] == [line.end for line in lines[:-1]]


def test_a_last_line_without_its_end_is_a_line(path: Path) -> None:
    path.write_text("one\r\n10 %\r50 %\rtwo")
    log = opened(path)
    assert texts(log, 0, 9) == ["one", "two"]
    assert texts(log, log.begin_before(log.size, 1), 9) == ["two"]


def test_bytes_that_are_no_text_are_shown_harmlessly(path: Path) -> None:
    path.write_bytes(b"\x00\x01\x1b[2Jgone\x1b[0m\xff\n\xc3\n")
    assert texts(opened(path), 0, 9) == ["gone�", "�"]


def test_the_line_of_a_place_in_its_middle_is_found(path: Path) -> None:
    path.write_text("one\ntwo\nthree")
    log = opened(path)
    assert [log.begin_of_line(place) for place in (0, 3, 4, 7, 8, 12)] == [0, 0, 4, 4, 8, 8]


def test_a_look_says_whether_the_file_grew_or_began_anew(path: Path) -> None:
    log = LogFile(path)
    assert (log.look(), log.exists) == (False, False)
    path.write_text("one\n")
    assert (log.look(), log.size, log.restarts) == (True, 4, 0)
    assert log.look() is False
    with path.open("a") as file:
        file.write("two\n")
    assert (log.look(), log.size, log.restarts) == (True, 8, 0)
    os.truncate(path, 0)
    assert (log.look(), log.size, log.restarts) == (True, 0, 1)
    path.unlink()
    assert (log.look(), log.exists, log.restarts) == (True, False, 2)
    assert texts(log, 0, 9) == []
    assert log.begin_before(0, 5) == 0


@given(st.binary(max_size=200), st.booleans())
def test_no_byte_is_lost_between_lines(data: bytes, is_all: bool) -> None:
    whole, rest = split_lines(data, is_all=is_all)
    assert b"".join(whole) + rest == data
    assert not (is_all and rest)
