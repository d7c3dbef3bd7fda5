"""Another program's rows -> rows as the engine writes them: steps, and epochs with parts train and val."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from slt_engine.run.record import Row
from slt_tui.readable import finite
from slt_tui.series.names import AXES, AXIS_NAMES, place

EpochsAre = Literal["epochs", "evaluations", "none"]
_DEEPEST = 6
_NEARLY = 0.02  # trainers round an epoch's end to two digits
_SPEEDS = ("runtime", "samples_per_second", "steps_per_second")  # said beside the scores, and no score
_SUMMARY = "train_runtime"  # the Hugging Face trainer's last word, with means over all of training


class Converted(NamedTuple):
    """Rows for steps.jsonl and metrics.jsonl, and what an epoch of theirs is."""

    steps: list[Row]
    epochs: list[Row]
    epochs_are: EpochsAre


@dataclass
class _Moment:
    """All that was said at one step."""

    step: int
    epoch: float | None = None
    time: float | None = None
    train: dict[str, float | None] = field(default_factory=dict)
    val: dict[str, float | None] = field(default_factory=dict)
    other: dict[str, float | None] = field(default_factory=dict)
    speeds: dict[str, float | None] = field(default_factory=dict)
    is_whole_epoch: bool = False


def convert(rows: Iterable[Row]) -> Converted:
    """The rows in the engine's form. Those that have it already stay as they are."""
    rows = [row for row in rows if _SUMMARY not in row]
    ours = [row for row in rows if is_ours(row)]
    if ours:
        return Converted(convert([row for row in rows if not is_ours(row)]).steps, ours, "epochs")
    moments = _moments(rows)
    evaluated = [moment for moment in moments if moment.val or moment.is_whole_epoch]
    numbers, epochs_are = _numbers(evaluated)
    ends = [moment.step for moment in evaluated]
    steps = [
        _step_row(moment, _epoch_of(moment, ends, epochs_are))
        for moment in moments
        if (moment.train or moment.other) and not moment.is_whole_epoch
    ]
    epochs = [
        _epoch_row(moment, number, _means(moments, before, moment))
        for moment, number, before in zip(evaluated, numbers, [None, *evaluated], strict=False)
    ]
    return Converted(steps, epochs, epochs_are)


def is_ours(row: Row) -> bool:
    """Whether a row is an epoch's as the engine writes it."""
    return isinstance(row.get("epoch"), int) and any(
        isinstance(row.get(part), dict) for part in ("train", "val")
    )


def _moments(rows: Sequence[Row]) -> list[_Moment]:
    """In the order of the steps; rows of one step are one moment."""
    by_step: dict[int, _Moment] = {}
    for ordinal, row in enumerate(rows, start=1):
        said = _axis(row, "step")
        step = ordinal if said is None else round(said)
        moment = by_step.setdefault(step, _Moment(step))
        epoch = _axis(row, "epoch")
        moment.epoch = moment.epoch if epoch is None else epoch
        moment.time = _axis(row, "time") or moment.time
        moment.is_whole_epoch |= said is None and epoch is not None
        _sort_into(moment, row)
    return [by_step[step] for step in sorted(by_step)]


def _sort_into(moment: _Moment, row: Row) -> None:
    for path, value in _flat(row, "", 1):
        metric, part = place(path)
        if part == "val" and metric.endswith(_SPEEDS):
            moment.speeds[path] = value
        else:
            {"train": moment.train, "val": moment.val, "": moment.other}[part][metric] = value


def _flat(values: Row, above: str, depth: int) -> Iterable[tuple[str, float | None]]:
    for name, value in values.items():
        path = above + name
        if path in AXIS_NAMES:
            continue
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _flat(value, f"{path}/", depth + 1)
        elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            yield path, finite(value)


def _axis(row: Row, axis: Any) -> float | None:
    return next((number for name in AXES[axis] if (number := finite(row.get(name))) is not None), None)


def _numbers(evaluated: Sequence[_Moment]) -> tuple[list[int], EpochsAre]:
    """The epochs' own numbers where each evaluation ends one; else the evaluations are counted."""
    said = [moment.epoch for moment in evaluated if moment.epoch is not None]
    whole = [round(epoch) for epoch in said if _ends_an_epoch(epoch)]
    if not evaluated:
        return [], "none"
    if len(whole) == len(evaluated) == len(set(whole)):
        return whole, "epochs"
    return list(range(1, len(evaluated) + 1)), "evaluations"


def _ends_an_epoch(epoch: float) -> bool:
    return epoch == 0 or (epoch > 0.5 and abs(epoch - round(epoch)) <= _NEARLY)


def _epoch_of(moment: _Moment, ends: Sequence[int], epochs_are: EpochsAre) -> int | None:
    """The epoch that a step belongs to."""
    if epochs_are == "evaluations":
        return bisect.bisect_left(ends, moment.step) + 1
    return None if moment.epoch is None else max(1, math.ceil(moment.epoch - _NEARLY))


def _step_row(moment: _Moment, epoch: int | None) -> Row:
    values = {("lr" if name == "learning_rate" else name): value for name, value in moment.other.items()}
    train = {
        (name if place(name)[1] == "train" else f"train/{name}"): value
        for name, value in moment.train.items()
    }
    return {**_places(moment, epoch), **train, **values}


def _epoch_row(moment: _Moment, number: int, train: dict[str, float | None]) -> Row:
    parts = {name: part for name, part in (("train", train), ("val", moment.val)) if part}
    return {**_places(moment, number), **parts, **moment.other, **moment.speeds}


def _places(moment: _Moment, epoch: int | None) -> Row:
    axes = {"step": moment.step, "epoch": epoch, "time": moment.time}
    return {name: value for name, value in axes.items() if value is not None}


def _means(moments: Sequence[_Moment], before: _Moment | None, end: _Moment) -> dict[str, float | None]:
    """The training values since the evaluation before, as an epoch's row has them."""
    first = bisect.bisect_right(moments, before.step, key=_step) if before else 0
    between = moments[first : bisect.bisect_right(moments, end.step, key=_step)]
    values: dict[str, list[float]] = {}
    for moment in between:
        for name, value in moment.train.items():
            if value is not None:
                values.setdefault(name, []).append(value)
    return {name: math.fsum(known) / len(known) for name, known in values.items()}


def _step(moment: _Moment) -> int:
    return moment.step
