"""Journals only grow, a write a line; readers believe whole lines only."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from slt_engine.run.journal import Journal, epoch_rows, last_row, last_rows, read_rows, step_rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "steps.jsonl"


def write(path: Path, *rows: Mapping[str, object]) -> None:
    journal = Journal(path)
    for row in rows:
        journal.append(row)
    journal.close()


def test_rows_come_back_in_order(path: Path) -> None:
    write(path, {"step": 1, "loss": 0.5}, {"step": 2, "loss": 0.25})
    assert read_rows(path) == [{"step": 1, "loss": 0.5}, {"step": 2, "loss": 0.25}]


def test_a_row_is_one_write_of_one_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    journal, write_for_real = Journal(path), os.write

    def watched(fd: int, data: bytes) -> int:
        written.append(data)
        return write_for_real(fd, data)

    monkeypatch.setattr(os, "write", watched)
    journal.append({"text": "two\nlines"})
    assert written == [b'{"text":"two\\nlines"}\n']


def test_numbers_that_are_none_become_null(path: Path) -> None:
    write(path, {"a": math.nan, "b": math.inf, "c": -math.inf, "d": np.float32(0.5), "e": np.float64("nan")})
    assert path.read_text() == '{"a":null,"b":null,"c":null,"d":0.5,"e":null}\n'


def test_a_writer_goes_on_where_an_earlier_one_stopped(path: Path) -> None:
    write(path, {"step": 1})
    write(path, {"step": 2})
    assert read_rows(path) == [{"step": 1}, {"step": 2}]


def test_a_writer_after_a_torn_line_starts_on_a_line_of_its_own(path: Path) -> None:
    path.write_text('{"step": 1}\n{"step": 2, "lo')
    write(path, {"step": 3})
    assert read_rows(path) == [{"step": 1}, {"step": 3}]


def test_a_row_after_one_that_did_not_fit_on_the_disk_is_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, write_for_real = Journal(path), os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) < 5:
            raise OSError(28, "No space left on device")
        return write_for_real(fd, data[: len(data) - 3])

    with monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            journal.append({"step": 1})
    journal.append({"step": 2})
    assert read_rows(path) == [{"step": 2}]


@pytest.mark.parametrize("line", ["not json", "[1, 2]", "3", "null", '{"a": }', "\0\0\0", "\x80\xff"])
def test_a_line_that_is_no_object_is_passed_over(path: Path, line: str) -> None:
    path.write_bytes(b'{"step": 1}\n' + line.encode("latin-1") + b'\n\n{"step": 2}\n')
    assert read_rows(path) == [{"step": 1}, {"step": 2}]


def test_nan_that_others_wrote_is_none(path: Path) -> None:
    path.write_text('{"loss": NaN, "grad_norm": Infinity}\n')
    assert read_rows(path) == [{"loss": None, "grad_norm": None}]


def test_a_line_of_a_megabyte_is_a_row(path: Path) -> None:
    long = {"step": 1, "text": "ñ" * 1_000_000}
    write(path, long, {"step": 2})
    assert read_rows(path) == [long, {"step": 2}]
    assert last_row(path) == {"step": 2}
    write(path, long)
    assert last_row(path) == long


def test_the_last_row_is_the_last_whole_one(path: Path) -> None:
    assert last_row(path) is None
    path.write_text("")
    assert last_row(path) is None
    path.write_text('{"epoch": 1}\n{"epoch": 2}\nrubbish\n{"epoch": 3')
    assert last_row(path) == {"epoch": 2}


@pytest.mark.parametrize("size", [10, 4000, 4090, 4096, 4100, 9000])
def test_the_last_row_is_found_across_blocks(path: Path, size: int) -> None:
    rows = [{"epoch": epoch, "text": "x" * size} for epoch in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{" * size)
    assert last_row(path) == rows[-1]
    assert last_rows(path, 2) == rows[1:]
    assert last_rows(path, 9) == rows


def test_the_last_row_of_an_epoch_wins_after_a_resume() -> None:
    rows: list[dict[str, object]] = [
        {"epoch": 1, "a": 1},
        {"epoch": 2, "a": 2},
        {"epoch": 3, "a": 3},
        {"epoch": 2, "a": 4},
        {"note": "x"},
    ]
    assert epoch_rows(rows) == [{"epoch": 1, "a": 1}, {"epoch": 2, "a": 4}, {"epoch": 3, "a": 3}]


def test_the_last_row_of_a_step_wins_after_a_resume() -> None:
    rows: list[dict[str, object]] = [
        {"step": 10, "a": 1},
        {"step": 20, "a": 2},
        {"step": 10, "a": 3},
        {"step": "30"},
    ]
    assert step_rows(rows) == [{"step": 10, "a": 3}, {"step": 20, "a": 2}]


@pytest.mark.bench
def test_a_row_costs_at_most_20_us(path: Path) -> None:
    import timeit

    journal = Journal(path)
    names = (
        "loss",
        "loss_ctc",
        "loss_translation",
        "perplexity",
        "lr",
        "grad_norm",
        "samples_per_s",
        "data_wait_s",
    )
    row = {"step": 1, "epoch": 1, "time": 1.7e9, **dict.fromkeys(names, 1.2345678)}
    assert min(timeit.repeat(lambda: journal.append(row), number=2000, repeat=5)) / 2000 <= 20e-6
