"""Whole files are the old one or the new one, never half."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slt_engine.run.files import read_bytes, read_json, replace_file, replace_json, replacing
from slt_engine.run.journal import last_rows
from slt_engine.run.logs import last_lines


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    replace_file(path, b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"half", None])  # type: ignore[list-item]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_finds_the_old_file_while_the_new_one_is_written(tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("text", ["", "{", '{"state": "runn', "\0\0\0", "\udcff", "[" * 100_000])
def test_what_is_no_json_reads_as_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "status.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert read_json(path) is None


def test_a_missing_file_reads_as_nothing(tmp_path: Path) -> None:
    assert read_json(tmp_path / "status.json") is None
    assert read_json(tmp_path / "status.json" / "below") is None


def test_nan_that_others_wrote_reads_as_none(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    path.write_text('{"best": NaN, "loss": -Infinity, "step": 3}')
    assert read_json(path) == {"best": None, "loss": None, "step": 3}


def test_text_of_any_language_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    replace_json(path, {"name": "señal ¿qué?"})
    assert "señal ¿qué?" in path.read_text(encoding="utf-8")
    assert read_json(path) == {"name": "señal ¿qué?"}


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 1 << 18])
def test_a_file_of_any_size_is_read_whole(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    assert read_bytes(path) == b"x" * size


def test_what_is_no_file_is_no_file_to_read(tmp_path: Path) -> None:
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")  # with no writer: opening it would wait for ever
    (tmp_path / "endless").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("directory", "pipe", "endless", "loop"):
        assert read_json(tmp_path / name) is None


@pytest.mark.parametrize("kind", ["directory", "pipe", "link to itself"])
def test_what_is_no_file_is_as_if_it_were_not_there(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "metrics.jsonl"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path)
    assert last_rows(path, 3) == []
    assert last_lines(path, 3) == []
    assert read_json(path) is None
