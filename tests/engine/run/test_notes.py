"""notes.json: tags and a note that survive whatever else stands in the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.notes import Notes, checked_tag, read_notes, write_notes


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    return RunDir.create(tmp_path / "run", {}, {})


def test_a_run_that_nobody_noted_has_neither_tags_nor_a_note(run: RunDir) -> None:
    assert read_notes(run) == Notes((), "")


def test_tags_are_sorted_and_each_is_there_once(run: RunDir) -> None:
    write_notes(run, Notes().with_tags(["wide", "baseline"]).with_tags(["wide"]).with_note(" best so far\n"))
    assert read_notes(run) == Notes(("baseline", "wide"), "best so far")


def test_a_tag_that_is_not_there_is_taken_away_without_a_word() -> None:
    assert Notes(("a", "b")).without_tags(["b", "c"]) == Notes(("a",))


@pytest.mark.parametrize("word", ["a", "v1.2", "lr=3e-4", "señas", "k3", "paper/table-2", "c++"])
def test_a_word_can_be_a_tag(word: str) -> None:
    assert checked_tag(word) == word


@pytest.mark.parametrize("word", ["", "two words", "-x", "_x", "a,b", "x-", "tab\t", "a" * 41, 'q"'])
def test_what_a_shell_or_a_table_would_take_apart_is_no_tag(word: str) -> None:
    with pytest.raises(RunError, match="a tag is one word"):
        checked_tag(word)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\x00",
        b'{"tags": 3, "note": []}',
        b'{"tags": [1, "two words", null]}',
        b"[" * 9999,
    ],
)
def test_a_damaged_or_foreign_file_has_no_tags_and_is_no_fault(run: RunDir, content: bytes) -> None:
    run.notes.write_bytes(content)
    assert read_notes(run) == Notes()


def test_a_directory_in_the_files_place_is_no_fault(run: RunDir) -> None:
    run.notes.mkdir()
    assert read_notes(run) == Notes()


def test_keys_that_others_wrote_stay(run: RunDir) -> None:
    run.notes.write_text(json.dumps({"tags": ["a"], "stars": 5}))
    write_notes(run, read_notes(run).with_tags(["b"]))
    assert json.loads(run.notes.read_text()) == {"tags": ["a", "b"], "stars": 5, "note": ""}


def test_a_damaged_file_is_kept_beside_the_one_that_takes_its_place(run: RunDir) -> None:
    for content in ('{"note": "half', "[1]"):
        run.notes.write_text(content)
        write_notes(run, Notes(("a",)))
    assert (run.path / "notes.damaged.1.json").read_text() == '{"note": "half'
    assert (run.path / "notes.damaged.2.json").read_text() == "[1]"
    assert read_notes(run) == Notes(("a",))


def test_a_note_of_a_book_s_length_is_refused() -> None:
    with pytest.raises(RunError, match="at most 10,000"):
        Notes().with_note("x" * 10_001)


def test_notes_of_a_run_that_is_gone_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be written"):
        write_notes(RunDir(tmp_path / "gone"), Notes(("a",)))
