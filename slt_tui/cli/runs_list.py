"""What `slt runs ls` prints: a row a run. Drawn by hand, because a thousand rows take Rich half a second."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Sequence
from typing import Any

import orjson

from slt_tui.cli.output import answer, answer_table
from slt_tui.cli.runs_choice import Listed
from slt_tui.readable import LOOKS, NOTHING, age, score, title
from slt_tui.summary import as_document
from slt_tui.terminal import columns, has_colours, has_unicode, painted

_LEFT = ("name", "state", "best", "tags")
_TAGS = 24  # columns for the tags at the most
_GAP = "  "


def print_list(listed: Sequence[Listed], *, as_json: bool) -> None:
    """Print JSON, a table on a terminal, tab-separated raw values into a pipe."""
    if as_json:
        documents = [document_of(one) for one in listed]
        answer(orjson.dumps(documents, option=orjson.OPT_INDENT_2).decode())
    elif sys.stdout.isatty():
        _print_table([_cells(one, time.time()) for one in listed])
    else:
        metrics = list(listed[0].metrics) if listed else []
        answer_table([_raw(one) for one in listed], [*_RAW, *metrics])


def document_of(one: Listed) -> dict[str, Any]:
    """For --json."""
    noted = {"tags": list(one.notes.tags), "note": one.notes.note}
    return {**as_document(one.summary), **noted, **({"metrics": one.metrics} if one.metrics else {})}


def _cells(one: Listed, now: float) -> dict[str, str]:
    summary, status, best = one.summary, one.summary.standing.status, one.summary.best
    metrics = {name: NOTHING if value is None else _score(name, value) for name, value in one.metrics.items()}
    return {
        "name": summary.run.name,
        "state": summary.standing.state,
        "epoch": f"{status.epoch}/{status.epochs}" if status and status.epochs else NOTHING,
        "best": f"{title(summary.metric)} {score(summary.metric, best['value'])}" if best else NOTHING,
        "last": NOTHING if summary.last is None else score(summary.metric, summary.last),
        **metrics,
        "age": age(summary.age_s(now)),
        "tags": _padded(tags, _TAGS, right=False) if len(tags := " ".join(one.notes.tags)) > _TAGS else tags,
    }


def _score(name: str, value: float) -> str:
    return score(name.rpartition(".")[2], value)


def _print_table(rows: Sequence[dict[str, str]]) -> None:
    if not rows:
        return
    headings = [name for name in rows[0] if name != "tags" or any(row["tags"] for row in rows)]
    widths = {name: max(_width(name), *(_width(row[name]) for row in rows)) for name in headings}
    widths["state"] += 2  # the glyph
    others = sum(widths.values()) - widths["name"] + len(_GAP) * (len(headings) - 1)
    widths["name"] = min(widths["name"], max(12, columns() - others))
    colours, unicode = has_colours(sys.stdout), has_unicode(sys.stdout)
    heading = _GAP.join(_padded(name, widths[name], right=name not in _LEFT) for name in headings)
    answer(painted(heading.rstrip(), "bold") if colours else heading.rstrip())
    for row in rows:
        look = LOOKS[row["state"]]
        row = {**row, "state": f"{look.glyph if unicode else look.ascii} {row['state']}"}
        cells = {name: _padded(row[name], widths[name], right=name not in _LEFT) for name in headings}
        if colours:
            cells["state"] = painted(cells["state"], look.colour)
        answer(_GAP.join(cells.values()).rstrip())


def _padded(text: str, width: int, *, right: bool) -> str:
    while _width(text) > width:
        text = text[:-2] + "~"
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


_RAW = (
    "name",
    "state",
    "epoch",
    "epochs",
    "step",
    "metric",
    "best",
    "last",
    "touched",
    "path",
    "tags",
    "note",
)


def _raw(one: Listed) -> dict[str, Any]:
    summary = one.summary
    return {
        **document_of(one),
        "metric": summary.metric,
        "best": summary.best["value"] if summary.best else None,
        "last": summary.last,
        "touched": int(summary.touched),
        "tags": " ".join(one.notes.tags),
        **one.metrics,
    }
