"""Which runs `slt runs ls` lists and in what order: by state, tag, name; by age, score, any metric."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.journal import last_row
from slt_engine.run.notes import Notes, read_notes
from slt_engine.run.record import Row
from slt_tui.readable import HIGHER_IS_BETTER, LOOKS, finite
from slt_tui.summary import RunSummary, summarise

_WILD = frozenset("*?[")
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Listed:
    """A run in the list, what is noted of it, and the latest values of the metrics that were asked for."""

    summary: RunSummary
    notes: Notes
    metrics: dict[str, float | None]


@dataclass(frozen=True)
class Choice:
    """What was asked for: of several states or tags a run has one of the states and all of the tags."""

    pattern: str | None = None
    states: Sequence[str] = ()
    tags: Sequence[str] = ()
    metrics: Sequence[str] = ()
    sort: str = "age"
    reverse: bool = False
    count: int | None = None


def choose(runs: Iterable[RunDir], choice: Choice) -> list[Listed]:
    """The runs that were asked for, in order. Raises RunError for a state or an order that does not exist."""
    if unknown := [state for state in choice.states if state not in LOOKS]:
        raise RunError(f"--state {unknown[0]}: no such state; there are {', '.join(LOOKS)}")
    metrics = [*choice.metrics]
    if choice.sort not in _ORDERS and choice.sort not in metrics:
        metrics.append(choice.sort)
    wanted = [run for run in runs if choice.pattern is None or matches(run, choice.pattern)]
    listed = [_listed(run, metrics) for run in wanted]
    if choice.states:
        listed = [one for one in listed if one.summary.standing.state in choice.states]
    if choice.tags:
        listed = [one for one in listed if set(choice.tags) <= set(one.notes.tags)]
    return _sorted(listed, choice.sort, reverse=choice.reverse)[: choice.count]


def matches(run: RunDir, pattern: str) -> bool:
    """Whether the name or the path is like ``pattern``; one without wildcards is looked for within the path."""
    if _WILD & set(pattern):
        return fnmatch.fnmatchcase(run.name, pattern) or fnmatch.fnmatchcase(str(run.path), pattern)
    return pattern in str(run.path)


def metric_of(row: Row, name: str) -> float | None:
    """A metric in an epoch's row: val.cer and train.loss say whose; the plain name is validation's if it has one."""
    part, dot, rest = name.partition(".")
    if dot and part in ("train", "val"):
        return _number_in(row.get(part), rest)
    for scores in (row.get("val"), row.get("train"), row):
        if (value := _number_in(scores, name)) is not None:
            return value
    return None


def _listed(run: RunDir, metrics: Sequence[str]) -> Listed:
    row = (last_row(run.metrics) or {}) if metrics else {}
    return Listed(summarise(run), read_notes(run), {name: metric_of(row, name) for name in metrics})


def _number_in(scores: Any, name: str) -> float | None:
    return finite(scores.get(name)) if isinstance(scores, dict) else None


def _sorted(listed: list[Listed], sort: str, *, reverse: bool) -> list[Listed]:
    """What has nothing to be sorted by comes last, whichever way."""
    key = _ORDERS.get(sort) or _by_metric(sort)
    keyed = [(key(one), one) for one in sorted(listed, key=_age)]
    with_key = [(place, one) for place, one in keyed if place is not None]
    if sort not in _ORDERS and listed and not with_key:
        raise RunError(
            f"--sort {sort}: no such metric; there are {', '.join(_ORDERS)}, cer, val.loss and so on"
        )
    ordered = [one for _, one in sorted(with_key, key=lambda pair: pair[0], reverse=reverse)]
    return ordered + [one for place, one in keyed if place is None]


def _by_metric(name: str) -> Callable[[Listed], Key | None]:
    return lambda one: _better_first(name.rpartition(".")[2], one.metrics[name])


def _better_first(metric: str, value: float | None) -> Key | None:
    """Runs that are judged by the same metric stand together."""
    if value is None:
        return None
    return (metric, -value if metric in HIGHER_IS_BETTER else value)


def _age(one: Listed) -> Key:
    return (-one.summary.touched,)


def _name(one: Listed) -> Key:
    return (one.summary.run.name, str(one.summary.run.path))


def _state(one: Listed) -> Key:
    return (list(LOOKS).index(one.summary.standing.state),)


def _epoch(one: Listed) -> Key | None:
    status = one.summary.standing.status
    return (-status.epoch,) if status else None


def _best(one: Listed) -> Key | None:
    best = one.summary.best
    return _better_first(one.summary.metric, best["value"]) if best else None


def _last(one: Listed) -> Key | None:
    return _better_first(one.summary.metric, one.summary.last)


_ORDERS: dict[str, Callable[[Listed], Key | None]] = {
    "age": _age,
    "name": _name,
    "state": _state,
    "epoch": _epoch,
    "best": _best,
    "last": _last,
}
