"""Columns: what a list of runs says of each, and by what it is sorted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from slt_tui.readable import HIGHER_IS_BETTER, LOOKS, NOTHING, age, finite, score, title
from slt_tui.run_entry import RunEntry

# What sorts before what; None stays at the end whichever way one sorts.
Order = tuple[Any, ...] | None

_FIRST = ("running", "starting", "stopping", "created", "failed", "lost", "stopped", "finished", "foreign")


@dataclass(frozen=True)
class View:
    """What cells depend on besides the run: ASCII only, the time, and the metric if all runs have the same."""

    plain: bool = False
    now: float = 0.0
    metric: str | None = None


@dataclass(frozen=True)
class Column:
    """``rank``: of how much worth it is where room is scarce, 0 the most. ``least`` and ``most`` are its cells."""

    key: str
    rank: int
    text: Callable[[RunEntry, View], str]
    order: Callable[[RunEntry], Order]
    least: int = 1
    most: int = 60
    is_right: bool = False

    def heading(self, view: View) -> str:
        """Its name, with the metric's where that is the same for all."""
        return f"{title(view.metric)} {self.key}" if self.key == "best" and view.metric else self.key


def sorted_entries(entries: Iterable[RunEntry], column: Column, *, turned: bool) -> list[RunEntry]:
    """By the column, the best, the latest or the first of the alphabet on top, or ``turned``."""
    keyed = [(column.order(entry), entry) for entry in entries]
    known = sorted(
        ((key, entry) for key, entry in keyed if key is not None), key=lambda pair: pair[0], reverse=turned
    )
    return [entry for _, entry in known] + [entry for key, entry in keyed if key is None]


def shared_metric(entries: Iterable[RunEntry]) -> str | None:
    """The metric by which all runs are judged that have a score."""
    metrics = {entry.summary.metric for entry in entries if entry.summary.best or entry.last is not None}
    return metrics.pop() if len(metrics) == 1 else None


def best_text(entry: RunEntry, view: View) -> str:
    """The best score, with its metric's name where runs differ in it."""
    best, metric = entry.summary.best, entry.summary.metric
    if not best:
        return NOTHING
    words = score(metric, best["value"])
    return words if view.metric else f"{title(metric)} {words}"


def state_text(entry: RunEntry, view: View) -> str:
    """Glyph and word."""
    look = LOOKS[entry.state]
    return f"{look.ascii if view.plain else look.glyph} {entry.state}"


def epoch_text(entry: RunEntry, _: View) -> str:
    """Done and planned."""
    status = entry.summary.standing.status
    return f"{status.epoch:.0f}/{status.epochs:.0f}" if status and status.epochs else NOTHING


def _scored(entry: RunEntry, value: float | None) -> str:
    return NOTHING if value is None else score(entry.summary.metric, value)


def _by_state(entry: RunEntry) -> Order:
    return (_FIRST.index(entry.state), *_by_age(entry))


def _by_name(entry: RunEntry) -> Order:
    parts = re.split(r"(\d+)", entry.label.lower())
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def _by_epoch(entry: RunEntry) -> Order:
    status = entry.summary.standing.status
    return (-status.epoch,) if status else None


def _by_score(entry: RunEntry, value: float | None) -> Order:
    """Runs of one metric together, the best first."""
    if (known := finite(value)) is None:
        return None
    metric = entry.summary.metric
    return (title(metric).lower(), -known if metric in HIGHER_IS_BETTER else known)


def _by_best(entry: RunEntry) -> Order:
    best = entry.summary.best
    return _by_score(entry, best["value"]) if best else None


def _by_progress(entry: RunEntry) -> Order:
    """How much better the score has become over its course, as a share of what it was."""
    known = [value for value in entry.course if value is not None]
    if len(known) < 2 or not known[0]:
        return None
    change = (known[-1] - known[0]) / abs(known[0])
    return (-change if entry.summary.metric in HIGHER_IS_BETTER else change,)


def _by_tags(entry: RunEntry) -> Order:
    return tuple(tag.lower() for tag in entry.notes.tags) or None


def _by_age(entry: RunEntry) -> tuple[int, float]:
    """Runs at work first, in the order of their start, so that heartbeats do not shuffle them."""
    summary = entry.summary
    if entry.is_at_work:
        return (0, -(summary.standing.started or summary.touched))
    return (1, -summary.touched)


COLUMNS: Sequence[Column] = (
    Column("state", 1, state_text, _by_state),
    Column("name", 0, lambda entry, _: entry.label, _by_name, least=12),
    Column("epoch", 3, epoch_text, _by_epoch, is_right=True),
    Column("best", 2, best_text, _by_best, is_right=True),
    Column(
        "last", 5, lambda entry, _: _scored(entry, entry.last),
        lambda entry: _by_score(entry, entry.last), is_right=True,
    ),
    Column(
        "smoothed", 8, lambda entry, _: _scored(entry, entry.smoothed),
        lambda entry: _by_score(entry, entry.smoothed), is_right=True,
    ),
    Column("course", 6, lambda *_: "", _by_progress, least=8, most=24),
    Column("tags", 7, lambda entry, _: " ".join(entry.notes.tags), _by_tags, least=8, most=40),
    Column(
        "age", 4, lambda entry, view: age(entry.summary.age_s(view.now)), _by_age, least=6, is_right=True
    ),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
