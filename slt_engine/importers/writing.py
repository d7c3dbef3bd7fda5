"""Writing a data set from imported rows: whole or not at all, and every row that was not taken is listed."""

from __future__ import annotations

import csv
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import id_fault
from slt_engine.contract.glossing import Labelled, rank_glosses
from slt_engine.importers.imported import Dropped, Imported

KEYPOINTS, INDEX, DROPPED = Path("processed/keypoints"), Path("index"), "dropped.csv"


@dataclass
class Summary:
    """How many rows came in, what they became, and why some did not."""

    rows: int = 0
    taken: int = 0
    with_keypoints: int = 0
    in_videos: int = 0
    """Clips that are a stretch of a longer video."""
    splits: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def dropped(self) -> int:
        return self.reasons.total()


def write_data_set(rows: Iterable[Imported | Dropped], out: Path) -> Summary:
    """Make the directory ``out``, which must be free: meta.csv, index/, gloss.csv, keypoints, dropped.csv.

    Everything lies beside it until it is whole. Raises DataError.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out}: is there already; name a directory that is not")
    beside = out.absolute().with_name(f".{out.name}.import-{os.getpid()}")
    try:
        summary = _write(rows, beside)
        if not summary.taken:
            why = next((reason for reason, _ in summary.reasons.most_common(1)), "there is none")
            raise DataError(f"{out}: no row could be taken: {why}")
        if out.is_dir():
            out.rmdir()
        beside.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return summary


def _write(rows: Iterable[Imported | Dropped], root: Path) -> Summary:
    (root / INDEX).mkdir(parents=True)
    summary, taken, dropped = Summary(), dict[str, Imported](), []
    for row in rows:
        summary.rows += 1
        fault = row if isinstance(row, Dropped) else _take(row, taken, root)
        if fault is not None:
            dropped.append(fault)
            summary.reasons[_kind(fault.reason)] += 1
    summary.taken = len(taken)
    summary.with_keypoints = sum(bool(row.points or row.file) for row in taken.values())
    summary.in_videos = sum("start" in row.columns for row in taken.values())
    summary.splits.update(row.split for row in taken.values() if row.split)
    _write_tables(root, list(taken.values()))
    _write_csv(
        root / DROPPED, ("row", "video_id", "reason"), ((d.where, d.clip_id, d.reason) for d in dropped)
    )
    if not summary.with_keypoints:
        shutil.rmtree(root / KEYPOINTS, ignore_errors=True)
    return summary


def _take(row: Imported, taken: dict[str, Imported], root: Path) -> Dropped | None:
    """Write the row's keypoints and remember it, or say why not."""
    if fault := id_fault(row.clip_id):
        return Dropped(row.where, row.clip_id, fault)
    if before := taken.get(row.clip_id):
        return Dropped(row.where, row.clip_id, f"its id stands at {before.where} too")
    if row.split and id_fault(row.split):
        return Dropped(row.where, row.clip_id, "its split cannot name a file")
    try:
        _write_points(row, root)
    except DataError as fault_:
        return Dropped(row.where, row.clip_id, str(fault_))
    taken[row.clip_id] = row
    return None


def _write_points(row: Imported, root: Path) -> None:
    if row.points is None and row.file is None:
        return
    folder = root / KEYPOINTS
    folder.mkdir(parents=True, exist_ok=True)
    if row.file is not None:
        shutil.copyfile(row.file, folder / f"{row.clip_id}{row.file.suffix}")
        return
    assert row.points is not None
    points = row.points()
    claims: dict[str, object] = {"layout": points.layout}
    if points.size is not None:
        claims |= {"space": "pixels", "width": points.size[0], "height": points.size[1]}
    if points.fps is not None:
        claims["fps"] = points.fps
    np.savez(folder / f"{row.clip_id}.npz", keypoints=points.values_FJC, **claims)  # type: ignore[arg-type]


def _write_tables(root: Path, rows: Sequence[Imported]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row.columns))
    has_splits = any(row.split for row in rows)
    header = ("video_id", "texto", *(("split",) if has_splits else ()), *columns)
    _write_csv(root / "meta.csv", header, _meta(rows, columns, has_splits=has_splits))
    for split in dict.fromkeys(row.split for row in rows if row.split):
        ids = ((row.clip_id,) for row in rows if row.split == split)
        _write_csv(root / INDEX / f"{split}.csv", ("video_id",), ids)
    if any(row.glosses for row in rows):
        _write_csv(root / "gloss.csv", ("video_id", "gloss", "ctc_labels"), _glosses(rows))


def _meta(rows: Sequence[Imported], columns: Sequence[str], *, has_splits: bool) -> Iterator[Sequence[str]]:
    for row in rows:
        split = (row.split,) if has_splits else ()
        yield (
            row.clip_id,
            " ".join(row.text.split()),
            *split,
            *(row.columns.get(name, "") for name in columns),
        )


def _glosses(rows: Sequence[Imported]) -> list[tuple[str, str, str]]:
    """Labels from 1, those of the training split first, so that they leave no gap in it."""
    glosses = {row.clip_id: row.glosses for row in rows if row.glosses}
    ranked = rank_glosses(glosses, {row.clip_id for row in rows if row.split == "train"})
    return Labelled(glosses, {token: label for label, token in enumerate(ranked, start=1)}, ()).rows()


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _kind(reason: str) -> str:
    """Reasons without what differs from row to row."""
    for mark in (" is damaged", " are damaged"):
        if mark in reason:
            return "its times are damaged beyond one reading"
    for start in ("its id stands", "start is", "end is", "ends at"):
        if reason.startswith(start):
            return {"its id stands": "its id stands twice", "ends at": "it ends before it starts"}.get(
                start, f"its {start.split()[0]} is empty or no number"
            )
    return "a file of it cannot be read or is missing" if "/" in reason else reason
