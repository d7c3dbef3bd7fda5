"""Whatever happens to a file, nothing raises and no later row is lost."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slt_tui.series import RunSeries
from tests.tui.series.files import append, key, load_all, pairs, read, step_row

DAMAGE: list[bytes] = [
    b"",
    b'{"step": 5, "loss": 0.',
    b"not json",
    b"[1, 2]",
    b"7",
    b"null",
    b'"text"',
    b"{}",
    b'{"step": 5, "loss": "0.5"}',
    b'{"step": null, "loss": true}',
    b'{"step": "five", "time": [], "epoch": {}, "text": "x"}',
    b'{"step": 5, "text": "' + b"x" * 1_000_000 + b'"}',
    b"\xff\xfe\x00" * 10,
    b'{"step": 5, "\xff": 1}',
    b"[" * 100_000,
    b'{"a": ' * 2000 + b"1" + b"}" * 2000,
    b'{"text": ' + b"9" * 6000 + b"}",
    b'{"step": 5, "big": 1' + b"0" * 400 + b"}",
    b'{"step": 1e999, "inf": Infinity}',
    b'{"step": NaN, "time": -Infinity, "nan": NaN}',
    b"\x00" * 5000,
]


@pytest.mark.parametrize("line", DAMAGE, ids=lambda line: line[:20].decode("latin-1"))
def test_no_row_around_a_damaged_line_is_lost(tmp_path: Path, line: bytes) -> None:
    append(tmp_path / "steps.jsonl", step_row(1, 1.0), line, step_row(2, 2.0), line, line, step_row(3, 3.0))
    series = read(tmp_path)
    assert pairs(series, key("loss")) == [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]
    for axis in ("step", "epoch", "time"):
        for found in series.keys:
            series.points(found, axis)


def test_rows_with_nan_as_python_writes_it_are_gaps(tmp_path: Path) -> None:
    rows = (json.dumps(step_row(step, float("nan") if step % 2 else 1.0)) for step in range(1, 5))
    append(tmp_path / "steps.jsonl", *rows)
    assert pairs(read(tmp_path), key("loss")) == [(1.0, None), (2.0, 1.0), (3.0, None), (4.0, 1.0)]


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    path = append(tmp_path / "steps.jsonl", step_row(1, 1.0))
    series = read(tmp_path)
    line = json.dumps(step_row(2, 2.0))
    with path.open("a") as file:
        file.write(line[:20])
    assert not series.load()
    assert not series.is_behind
    append(path, line[20:])
    series.load()
    assert pairs(series, key("loss")) == [(1.0, 1.0), (2.0, 2.0)]


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    path = append(tmp_path / "steps.jsonl", *(step_row(step, accuracy=0.5) for step in range(1, 50)))
    series = read(tmp_path)
    for axis in ("step", "epoch", "time"):
        series.points(key("loss"), axis)
    append(tmp_path / "new", step_row(3, 7.0)).replace(path)
    assert series.load()
    assert series.keys == [key("loss")]
    assert pairs(series, key("loss")) == [(3.0, 7.0)]
    assert pairs(series, key("loss"), "time") == [(0.0, 7.0)]
    assert series.best(key("loss")) == (7.0, 3.0)


def test_a_directory_that_vanishes_leaves_what_was_read(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    append(run / "steps.jsonl", *(step_row(step) for step in range(1, 3000)))
    series = RunSeries(run)
    series.load(budget_s=0.0)
    shutil.rmtree(run)
    load_all(series)
    assert 0 < len(series.points(key("loss"), "epoch").x) < 3000
    run.write_text("no directory any more")
    load_all(series)


def test_what_is_no_file_has_no_series(tmp_path: Path) -> None:
    (tmp_path / "steps.jsonl").mkdir()
    os.mkfifo(tmp_path / "metrics.jsonl")
    assert read(tmp_path).keys == []


def test_a_damaged_status_leaves_the_epochs_to_the_steps(tmp_path: Path) -> None:
    status = {"state": "running", "pid": 1, "pid_started": 1, "boot_id": "", "host": "", "heartbeat": 1}
    (tmp_path / "status.json").write_text(
        json.dumps(status | {"progressed": 1, "steps": "many", "epochs": -1})
    )
    append(tmp_path / "steps.jsonl", *(step_row(step) for step in (1, 2, 4)))
    assert read(tmp_path).points(key("loss"), "epoch").x.tolist() == [0.25, 0.5, 1.0]


# A row that was never written twice tells files apart, as its time does in a real one.
_ROWS = st.tuples(
    st.integers(1, 12),
    st.sampled_from([0.5, 1.0, None, float("nan"), "x", True]),
    st.sampled_from(["loss", "val/loss", "eval_acc", "lr"]),
    st.booleans(),
)
_ACTIONS = st.one_of(
    st.tuples(st.just("rows"), st.lists(_ROWS, max_size=5)),
    st.tuples(st.just("raw"), st.sampled_from([line for line in DAMAGE if len(line) < 10_000])),
    st.tuples(st.just("torn"), st.integers(1, 30)),
    st.tuples(st.just("cut"), st.integers(0, 200)),
    st.tuples(st.just("replaced"), st.lists(_ROWS, max_size=5)),
    st.tuples(st.just("gone"), st.none()),
)


class Scribe:
    """Does to a file what an action says."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0

    def rows(self, rows: list[tuple[int, object, str, bool]]) -> bytes:
        lines = b""
        for step, value, name, has_epoch in rows:
            self.count += 1
            epoch = {"epoch": 1 + step // 4} if has_epoch else {}
            row = {
                "step": step,
                **epoch,
                name: value,
                "time": 1000.0 + self.count,
                "id": f"row {self.count:050}",
            }
            lines += json.dumps(row).encode() + b"\n"
        return lines

    def do(self, action: str, what: object) -> None:
        data = self.path.read_bytes() if self.path.exists() else b""
        match action:
            case "rows":
                self._append(self.rows(what))  # type: ignore[arg-type]
            case "raw":
                self._append(what + b"\n")  # type: ignore[operator]
            case "torn":
                self._append(self.rows([(1, 0.5, "loss", True)])[:what])  # type: ignore[misc]
            case "cut":
                self.path.write_bytes(data)
                os.truncate(self.path, max(0, len(data) - what))  # type: ignore[operator]
            case "replaced":
                fresh = self.path.with_name("fresh")
                fresh.write_bytes(self.rows(what))  # type: ignore[arg-type]
                fresh.replace(self.path)
            case "gone":
                self.path.unlink(missing_ok=True)

    def _append(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)


@settings(max_examples=150, deadline=None)
@given(actions=st.lists(_ACTIONS, max_size=12), budget_s=st.sampled_from([0.0, 0.03]))
def test_a_reader_that_saw_everything_ends_where_a_fresh_one_begins(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, object]], budget_s: float
) -> None:
    run = tmp_path_factory.mktemp("run")
    scribe, series = Scribe(run / "steps.jsonl"), RunSeries(run)
    for action, what in actions:
        scribe.do(action, what)
        series.load(budget_s)
        for found in series.keys:
            for axis in ("step", "epoch", "time"):
                series.points(found, axis)
            series.best(found)
    scribe.do("rows", [(13, 0.25, "loss", True)])
    load_all(series)
    fresh = read(run)
    assert series.keys == fresh.keys
    for found in fresh.keys:
        for axis in ("step", "epoch", "time"):
            seen, expected = series.points(found, axis), fresh.points(found, axis)
            np.testing.assert_array_equal(seen.x, expected.x)
            np.testing.assert_array_equal(seen.y, expected.y)
            assert (np.diff(expected.x) > 0).all()
        assert (series.best(found), series.latest(found)) == (fresh.best(found), fresh.latest(found))


@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(
        st.one_of(_ROWS, st.sampled_from([line for line in DAMAGE if len(line) < 10_000])), max_size=20
    )
)
def test_every_sound_row_among_damage_is_there(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[int, object, str, bool] | bytes]
) -> None:
    run = tmp_path_factory.mktemp("run")
    scribe = Scribe(run / "steps.jsonl")
    last: dict[tuple[str, float], float] = {}
    for piece in pieces:
        if isinstance(piece, bytes):
            scribe.do("raw", piece)
            continue
        scribe.do("rows", [piece])
        step, value, name, _ = piece
        if not isinstance(value, str | bool):
            last[name, float(step)] = float("nan") if value is None else float(value)  # type: ignore[arg-type]
    series = read(run)
    names = {"loss": key("loss"), "val/loss": key("loss", "val"), "eval_acc": key("acc", "val")}
    names["lr"] = key("learning_rate", "")
    for name, found in names.items():
        expected = {step: value for (of, step), value in sorted(last.items()) if of == name}
        if any(value == value for value in expected.values()):
            x, y = series.points(found, "step")
            np.testing.assert_array_equal(x, list(expected))
            np.testing.assert_array_equal(y, list(expected.values()))
