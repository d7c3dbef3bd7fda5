"""A follower reads a journal on, and survives what happens to files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.run.journal import Follower, Journal, read_rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "steps.jsonl"


def write(path: Path, *rows: Mapping[str, object]) -> None:
    journal = Journal(path)
    for row in rows:
        journal.append(row)
    journal.close()


def test_a_follower_gives_each_row_once(path: Path) -> None:
    follower, journal = Follower(path), Journal(path)
    journal.append({"step": 1})
    assert follower.read() == [{"step": 1}]
    assert follower.read() == []
    journal.append({"step": 2})
    assert follower.read() == [{"step": 2}]
    assert follower.restarts == 0


def test_a_follower_waits_for_a_file_that_is_not_there_yet(path: Path) -> None:
    follower = Follower(path)
    assert follower.read() == []
    write(path, {"step": 1})
    assert follower.read() == [{"step": 1}]


def test_half_a_line_is_not_believed_until_it_is_whole(path: Path) -> None:
    follower = Follower(path)
    path.write_text('{"step": 1}\n{"step": 2')
    assert follower.read() == [{"step": 1}]
    assert follower.read() == []
    with path.open("a") as file:
        file.write("5}\n")
    assert follower.read() == [{"step": 25}]


@given(
    rows=st.lists(st.dictionaries(st.text(max_size=5), st.floats() | st.text(max_size=9))),
    cuts=st.sets(st.integers(0, 400)),
)
def test_the_rows_do_not_depend_on_how_they_arrive(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]], cuts: set[int]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "steps.jsonl"
    write(path, *rows)
    data, expected = path.read_bytes(), read_rows(path)
    path.write_bytes(b"")
    follower, arrived = Follower(path), []
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    for begin, end in pairwise(places):
        with path.open("ab") as file:
            file.write(data[begin:end])
        arrived += follower.read()
    assert arrived == expected
    assert len(expected) == len(rows)


def test_a_journal_that_was_replaced_by_a_shorter_one_is_read_from_its_start(path: Path) -> None:
    follower = Follower(path)
    write(path, *({"step": step} for step in range(100)))
    follower.read()
    path.with_name("new").write_text('{"step": 7}\n')
    path.with_name("new").rename(path)
    assert follower.read() == [{"step": 7}]
    assert follower.restarts == 1


def test_a_journal_that_was_replaced_by_a_longer_one_is_read_from_its_start(path: Path) -> None:
    follower = Follower(path)
    write(path, {"step": 1})
    follower.read()
    path.unlink()
    write(path, {"step": 50}, {"step": 51}, {"step": 52})
    assert [row["step"] for row in follower.read()] == [50, 51, 52]


def test_a_journal_that_was_cut_and_grew_past_the_old_end_is_read_from_its_start(path: Path) -> None:
    follower = Follower(path)
    write(path, {"step": 1}, {"step": 2})
    follower.read()
    os.truncate(path, 0)
    write(path, {"step": 10}, {"step": 20}, {"step": 30})
    assert [row["step"] for row in follower.read()] == [10, 20, 30]
    assert follower.restarts == 1


def test_a_journal_that_was_cut_at_a_line_gives_only_what_comes_after(path: Path) -> None:
    follower = Follower(path)
    path.write_text('{"step": 1}\n{"step": 2}\n')
    follower.read()
    os.truncate(path, 12)
    assert follower.read() == [{"step": 1}]
    assert follower.restarts == 1


def test_a_limit_gives_the_rows_in_slices_and_says_that_there_are_more(path: Path) -> None:
    write(path, *({"step": step} for step in range(1000)), {"text": "x" * 5000})
    follower, slices = Follower(path), []
    while rows := follower.read(limit=1000):
        slices.append(rows)
        assert follower.is_behind or rows[-1] == {"text": "x" * 5000}
    assert [row.get("step") for rows in slices for row in rows] == [*range(1000), None]
    assert len(slices) > 10
    assert not follower.is_behind
