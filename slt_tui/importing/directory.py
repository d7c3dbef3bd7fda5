"""A run's directory out of what was imported: whole, or not there at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import slt_engine
from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.files import replace_file
from slt_engine.run.journal import Journal
from slt_engine.run.record import Best, Row
from slt_engine.run.status import Status, write_status
from slt_tui.bundle import unpack
from slt_tui.comparison.scores import direction
from slt_tui.importing.rows import Converted, EpochsAre, convert
from slt_tui.importing.sources import Content, Source, find_source, read_source
from slt_tui.readable import finite

# What a foreign run is judged by, where it has it.
_JUDGES = ("cer", "wer", "bleu", "chrf", "rougeL", "rouge", "accuracy", "loss")
NOBODY = -1  # no process has this pid


class Imported(NamedTuple):
    """The run, and a line on what became of its numbers."""

    run: RunDir
    line: str


def import_runs(path: Path, root: Path, name: str | None = None) -> list[Imported]:
    """Make runs under ``root`` of a bundle, a metrics.jsonl or a trainer_state.json, or of a directory with one.

    Raises RunError where there is nothing to import, or a file of that name already; then there is no run at all.
    """
    source = find_source(path)
    with _beside(root) as folder:
        if source.kind == "bundle":
            built = unpack(source.path, folder)
            if name and len(built) > 1:
                raise RunError(f"{path}: holds {len(built)} runs, which keep their names; leave --name out")
            places = [_free_place(root, name or one.name) for one in built]
            told = ["" for _ in built]
        else:
            built = [folder / "run"]
            places = [_free_place(root, name or source.name)]
            told = [_lay_out(built[0], source)]
        runs = [RunDir(one.rename(place)) for one, place in zip(built, places, strict=True)]
    return [
        Imported(run, f"{run.path}: imported {what}from {source.path}")
        for run, what in zip(runs, told, strict=True)
    ]


@contextlib.contextmanager
def _beside(root: Path) -> Iterator[Path]:
    """A hidden folder under ``root`` to build in, gone afterwards."""
    folder = root / f".importing-{os.getpid()}"
    try:
        folder.mkdir(parents=True)
        yield folder
    except OSError as refusal:
        raise RunError(f"{root}: cannot be written to ({refusal.strerror})") from refusal
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_place(root: Path, name: str) -> Path:
    """Where a run of that name goes. Raises RunError where something is."""
    if not name or Path(name).name != name or name.startswith("."):
        raise RunError(f"{name!r}: cannot be a run's name; --name gives another")
    place = root / name
    if place.exists() or place.is_symlink():
        raise RunError(f"{place}: is there already; --name gives the run another name")
    return place


def _lay_out(path: Path, source: Source) -> str:
    """The directory of a run that another program wrote down; what there was, in words."""
    content = read_source(source)
    converted = convert(content.rows)
    steps = content.steps or converted.steps
    if not steps and not converted.epochs:
        raise RunError(f"{source.path}: holds no numbers")
    data = source.path.read_bytes()
    run = RunDir.create(path, {"about": _about(source, content, converted, data)}, {})
    run.sources.mkdir()
    replace_file(run.sources / source.path.name, data)
    _write(run.metrics, converted.epochs)
    _write(run.steps, steps)
    write_status(run, _status(source, converted, steps))
    return f"{len(steps):,} steps and {len(converted.epochs):,} {_WORDS[converted.epochs_are]} "


def _about(source: Source, content: Content, converted: Converted, data: bytes) -> dict[str, Any]:
    told = {
        "file": source.path.name,
        "kind": source.kind,
        "sha256": hashlib.sha256(data).hexdigest(),
        "epochs_are": converted.epochs_are,
        **content.facts,
    }
    return {"version": slt_engine.__version__, "imported": told}


def _write(path: Path, rows: Sequence[Row]) -> None:
    journal = Journal(path)
    for row in rows:
        journal.append(row)
    journal.sync()
    journal.close()


def _status(source: Source, converted: Converted, steps: Sequence[Row]) -> Status:
    """The word of a trainer that is over and nobody's process."""
    epochs = max((number for row in converted.epochs if (number := _whole(row, "epoch"))), default=0)
    last = max((number for row in [*converted.epochs, *steps] if (number := _whole(row, "step"))), default=0)
    ended = max(
        (finite(row.get("time")) or 0.0 for row in [*converted.epochs[-1:], *steps[-1:]]), default=0.0
    )
    ended = ended if 0 < ended <= time.time() else source.path.stat().st_mtime
    return replace(
        Status.begin(message=f"imported from {source.path.name}"),
        state="finished",
        pid=NOBODY,
        pid_started=0.0,
        host="",
        heartbeat=ended,
        progressed=ended,
        epoch=epochs,
        epochs=epochs,
        step=last,
        steps=last,
        best=_best(converted.epochs),
    )


def _best(epochs: Sequence[Row]) -> Best | None:
    """The best epoch by the first metric of validation that a run is usually judged by."""
    names = {name for row in epochs for name in _val(row)}
    judges = [
        *(name for name in _JUDGES if name in names),
        *sorted(name for name in names if direction(name)),
    ]
    if not judges:
        return None
    name = judges[0]
    known = [(value, row["epoch"]) for row in epochs if (value := finite(_val(row).get(name))) is not None]
    if not known:
        return None
    value, epoch = (max if direction(name) == "higher" else min)(known, key=lambda pair: pair[0])
    return {"metric": name, "value": value, "epoch": epoch}


def _val(row: Row) -> dict[str, Any]:
    part = row.get("val")
    return part if isinstance(part, dict) else {}


def _whole(row: Row, axis: str) -> int | None:
    value = row.get(axis)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_WORDS: dict[EpochsAre, str] = {
    "epochs": "epochs",
    "evaluations": "evaluations (counted as epochs)",
    "none": "epochs",
}
