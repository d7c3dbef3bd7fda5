"""A run's numbers as a table: a row a value (long) or a row an epoch or step (wide), and the files it goes to."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TextIO

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.journal import epoch_rows, read_rows, step_rows
from slt_engine.run.record import Row
from slt_tui.importing.rows import convert
from slt_tui.importing.sources import find_source, read_source
from slt_tui.readable import finite
from slt_tui.series.names import place

Grain = Literal["epoch", "step"]
PLACES = ("run", "grain", "epoch", "step", "time")
_PARTS = ("train", "val")
_AXES = ("epoch", "step", "time")


def wide_rows(path: Path, name: str, grain: Grain | None, metrics: Sequence[str] = ()) -> list[Row]:
    """A row an epoch or step with every metric, as in val.cer; epochs where no grain is named and there are any.

    Raises RunError where there is nothing.
    """
    epochs, steps = _journals(path)
    grain = grain or ("epoch" if epochs else "step")
    rows = [
        {"run": name, "grain": grain, **_axes(row), **_chosen(_metrics(row), metrics)}
        for row in (epochs if grain == "epoch" else steps)
    ]
    if not rows:
        raise RunError(f"{path}: no {grain} yet, so there is nothing to export")
    known = dict.fromkeys(key for row in rows for key in row if key not in PLACES)
    if not known:
        there = dict.fromkeys(key for row in (epochs if grain == "epoch" else steps) for key in _metrics(row))
        raise RunError(f"{path}: no {', '.join(metrics)} in its {grain}s; there is {', '.join(there)}")
    return [row for row in rows if len(row) > 2 + len(_axes(row))]


def long_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """A row a value."""
    for row in rows:
        places = {name: row.get(name) for name in PLACES}
        for key, value in row.items():
            if key not in PLACES:
                part, dot, metric = key.partition(".")
                named = (part, metric) if dot and part in _PARTS else ("", key)
                yield {**places, "part": named[0], "metric": named[1], "value": value}


def write_table(rows: Sequence[Row], file: TextIO, kind: str) -> None:
    """Write rows to ``file`` as csv, json, jsonl or md."""
    columns = [
        *dict.fromkeys((*(name for name in PLACES if any(name in row for row in rows)), *_names(rows)))
    ]
    WRITERS[kind](rows, columns, file)


def kind_of(path: Path) -> str:
    """What a file's name says it is. Raises RunError."""
    kind = path.suffix.removeprefix(".")
    if kind in WRITERS:
        return kind
    raise RunError(f"{path}: no format of that name; there are .{', .'.join(WRITERS)}")


def _names(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield from row


def _journals(path: Path) -> tuple[list[Row], list[Row]]:
    """Epochs and steps as the engine writes them, whoever wrote them here."""
    run = RunDir(path)
    if run.config.is_file():
        return epoch_rows(read_rows(run.metrics)), step_rows(read_rows(run.steps))
    content = read_source(find_source(path))
    converted = convert(content.rows)
    return converted.epochs, content.steps or converted.steps


def _axes(row: Row) -> Row:
    return {name: row[name] for name in _AXES if row.get(name) is not None}


def _metrics(row: Row) -> dict[str, float | None]:
    """Every number by part.metric; the losses that stand at an epoch's top are its training's, said again."""
    parts = {part: row[part] for part in _PARTS if isinstance(row.get(part), dict)}
    found: dict[str, float | None] = {}
    for name, value in row.items():
        if (
            name not in _AXES
            and name not in parts
            and name not in parts.get("train", {})
            and _is_number(value)
        ):
            metric, of = place(name)
            found[f"{of}.{metric}" if of else metric] = finite(value)
    for part, scores in parts.items():
        found |= {f"{part}.{name}": finite(value) for name, value in scores.items() if _is_number(value)}
    return found


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _chosen(values: dict[str, float | None], metrics: Sequence[str]) -> dict[str, float | None]:
    if not metrics:
        return values
    return {key: value for key, value in values.items() if key in metrics or key.partition(".")[2] in metrics}


def _write_csv(rows: Sequence[Row], columns: Sequence[str], file: TextIO) -> None:
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _write_json(rows: Sequence[Row], _: Sequence[str], file: TextIO) -> None:
    json.dump(list(rows), file, indent=1, ensure_ascii=False)
    file.write("\n")


def _write_jsonl(rows: Sequence[Row], _: Sequence[str], file: TextIO) -> None:
    file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def _write_md(rows: Sequence[Row], columns: Sequence[str], file: TextIO) -> None:
    cells = [[_md_cell(row.get(column)) for column in columns] for row in rows]
    for line in (list(columns), ["---"] * len(columns), *cells):
        file.write(f"| {' | '.join(line)} |\n")


def _md_cell(value: Any) -> str:
    text = "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|")


WRITERS: dict[str, Callable[[Sequence[Row], Sequence[str], TextIO], None]] = {
    "csv": _write_csv,
    "json": _write_json,
    "jsonl": _write_jsonl,
    "md": _write_md,
}
