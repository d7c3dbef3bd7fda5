"""What `slt runs ls` prints: a row a run. Drawn by hand, because a thousand rows take Rich half a second."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Sequence
from typing import Any

import orjson

from slt_engine.run.directory import RunDir, RunError
from slt_tui.cli.output import answer, answer_table
from slt_tui.readable import LOOKS, NOTHING, age, score, title
from slt_tui.summary import RunSummary, as_document, summarise
from slt_tui.terminal import columns, has_colours, has_unicode, painted

_HEADINGS = ("name", "state", "epoch", "best", "last", "age")
_RIGHT = ("epoch", "last", "age")
_GAP = "  "


def latest_first(
    runs: Sequence[RunDir], *, states: Sequence[str] | None, count: int | None
) -> list[RunSummary]:
    """The runs in these states, those with the latest sign of life first. Raises RunError for no state."""
    if unknown := [state for state in states or () if state not in LOOKS]:
        raise RunError(f"--state {unknown[0]}: no such state; there are {', '.join(LOOKS)}")
    summaries = [summarise(run) for run in runs]
    wanted = [summary for summary in summaries if not states or summary.standing.state in states]
    return sorted(wanted, key=lambda summary: summary.touched, reverse=True)[:count]


def print_list(summaries: Sequence[RunSummary], *, as_json: bool) -> None:
    """Print JSON, a table on a terminal, tab-separated raw values into a pipe."""
    if as_json:
        documents = [as_document(summary) for summary in summaries]
        answer(orjson.dumps(documents, option=orjson.OPT_INDENT_2).decode())
    elif sys.stdout.isatty():
        _print_table([_cells(summary, time.time()) for summary in summaries])
    else:
        answer_table([_raw(summary) for summary in summaries], _RAW)


def _cells(summary: RunSummary, now: float) -> dict[str, str]:
    status, best = summary.standing.status, summary.best
    return {
        "name": summary.run.name,
        "state": summary.standing.state,
        "epoch": f"{status.epoch}/{status.epochs}" if status and status.epochs else NOTHING,
        "best": f"{title(summary.metric)} {score(summary.metric, best['value'])}" if best else NOTHING,
        "last": NOTHING if summary.last is None else score(summary.metric, summary.last),
        "age": age(summary.age_s(now)),
    }


def _print_table(rows: Sequence[dict[str, str]]) -> None:
    if not rows:
        return
    widths = {name: max(_width(name), *(_width(row[name]) for row in rows)) for name in _HEADINGS}
    widths["state"] += 2  # the glyph
    others = sum(widths.values()) - widths["name"] + len(_GAP) * (len(_HEADINGS) - 1)
    widths["name"] = min(widths["name"], max(12, columns() - others))
    colours, unicode = has_colours(sys.stdout), has_unicode(sys.stdout)
    heading = _GAP.join(_padded(name, widths[name], right=name in _RIGHT) for name in _HEADINGS)
    answer(painted(heading, "bold") if colours else heading)
    for row in rows:
        look = LOOKS[row["state"]]
        row = {**row, "state": f"{look.glyph if unicode else look.ascii} {row['state']}"}
        cells = {name: _padded(row[name], widths[name], right=name in _RIGHT) for name in _HEADINGS}
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


_RAW = ("name", "state", "epoch", "epochs", "step", "metric", "best", "last", "touched", "path")


def _raw(summary: RunSummary) -> dict[str, Any]:
    document = as_document(summary)
    best = summary.best["value"] if summary.best else None
    return {
        **document,
        "metric": summary.metric,
        "best": best,
        "last": summary.last,
        "touched": int(summary.touched),
    }
