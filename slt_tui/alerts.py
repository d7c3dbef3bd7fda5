"""Alerts: what a reader concludes from a run's numbers, its standing and its load, each in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from slt_engine.run.record import Row
from slt_engine.run.standing import Standing
from slt_engine.run.status import Status
from slt_tui.readable import age, finite, number, score, size, title
from slt_tui.series import Part, Points, RunSeries, SeriesKey
from slt_tui.series.keys import Grain

Kind = Literal["died", "nonfinite", "stall", "memory", "slow loader", "plateau"]

STALL_LEAST_S, STALL_STEPS = 60.0, 20  # a step that takes longer than both is none that is only slow
STALL_VALIDATIONS = 3  # so many times the longest of the last ten
UNKNOWN_S = 600.0  # for what has no usual length yet: the start, the first validation
MEMORY_SHARE = 0.95
WAIT_SHARE = 0.3  # of an epoch that passes in waiting for data
PLATEAU_EPOCHS, PLATEAU_SHARE = 10, 0.3  # without a better score: at least so many, and of those done
_RECENT = 500  # rows
_LONG_GONE_S = 30.0  # a load that old is not the present one's

_LOSSES: tuple[tuple[Part, Grain], ...] = (("train", "step"), ("train", "epoch"), ("val", "epoch"))


@dataclass(frozen=True)
class Alert:
    """``message`` says what, where and what to do; ``since`` is in seconds since 1970, None where nobody knows."""

    kind: Kind
    message: str
    since: float | None = None


def find_alerts(series: RunSeries, standing: Standing, system_rows: Sequence[Row], now: float) -> list[Alert]:
    """What somebody should know of a run, the worst first. ``system_rows`` are the latest of system.jsonl."""
    found = [*_died(series, standing, system_rows), *_nonfinite(series)]
    status = standing.status
    if standing.is_over or status is None:
        return found
    found += _stalled(series, standing, status, now)
    found += _full_memory(system_rows, now)
    found += _slow_loader(series)
    found += _plateau(series, status)
    return found


def _died(series: RunSeries, standing: Standing, system_rows: Sequence[Row]) -> Iterator[Alert]:
    if standing.state not in ("failed", "lost"):
        return
    status = standing.status
    where = f" in epoch {status.epoch} at step {status.step:,}" if status and status.step else ""
    reason = standing.message or "nobody knows why"
    if standing.signal == "SIGKILL" and (full := _full(_host(system_rows[-1] if system_rows else {}))):
        reason += f"; the host's memory was at {full:.0%}, it may have been killed for that"
    since = standing.ended or (status.heartbeat if status else standing.started)
    mend = f"see logs/console.log; `slt runs resume {series.path}` goes on from its last checkpoint"
    yield Alert("died", f"{standing.state}{where}: {reason}; {mend}", since)


def _nonfinite(series: RunSeries) -> Iterator[Alert]:
    for part, grain in _LOSSES:
        key = SeriesKey("loss", part, grain)
        places = series.points(key, grain)
        is_gap = np.isnan(places.y[-_RECENT:])
        if is_gap.any() and (grain == "step" or not _any_gap(series, part)):
            yield Alert("nonfinite", *_nonfinite_words(series, key, places, is_gap))


def _any_gap(series: RunSeries, part: Part) -> bool:
    """Whether the steps of that part tell of it already."""
    return bool(np.isnan(series.points(SeriesKey("loss", part, "step"), "step").y[-_RECENT:]).any())


def _nonfinite_words(
    series: RunSeries, key: SeriesKey, places: Points, is_gap: np.ndarray[Any, np.dtype[np.bool_]]
) -> tuple[str, float | None]:
    """What to say of the gaps among the last rows, and since when."""
    name = "the loss" if key.part == "train" else "the validation loss"
    mend = "lower --lr or set --clip-grad-norm"
    if is_gap[-1]:
        numbers = np.flatnonzero(~np.isnan(places.y))
        first = int(numbers[-1]) + 1 if len(numbers) else 0
        words = f"{name} is not finite since {key.grain} {places.x[first]:,.0f}; stop it, and {mend}"
        return words, _moment(series, key, first, len(places.x))
    last = len(is_gap) - 1 - int(np.argmax(is_gap[::-1]))
    place = len(places.x) - len(is_gap) + last
    count = f"{int(is_gap.sum())} of the last {len(is_gap)} rows"
    words = f"{name} was not finite at {key.grain} {places.x[place]:,.0f} ({count}); {mend}"
    return words, _moment(series, key, place, len(places.x))


def _moment(series: RunSeries, key: SeriesKey, place: int, rows: int) -> float | None:
    """When a row was written, where every row says so."""
    times = series.points(key, "time").x
    if series.began is None or len(times) != rows:
        return None
    return series.began + float(times[place])


def _stalled(series: RunSeries, standing: Standing, status: Status, now: float) -> Iterator[Alert]:
    quiet_s = now - status.progressed
    if quiet_s < STALL_LEAST_S:
        return
    if standing.state in ("created", "starting"):
        if quiet_s > UNKNOWN_S:
            message = f"still starting after {age(quiet_s)}; logs/console.log tells what it waits for"
            yield Alert("stall", message, status.progressed)
        return
    step_s = _step_s(series)
    allowed_s = max(STALL_LEAST_S, STALL_STEPS * step_s if step_s else UNKNOWN_S)
    if _may_validate(status):
        allowed_s = max(allowed_s, STALL_VALIDATIONS * _validation_s(series))
    if quiet_s > allowed_s:
        usual = f", where one takes {number(step_s)} s" if step_s else ""
        message = (
            f"no step for {age(quiet_s)}{usual}, at step {status.step:,}; see logs/console.log, or stop it"
        )
        yield Alert("stall", message, status.progressed)


def _step_s(series: RunSeries) -> float | None:
    """What a step usually takes, by the last rows; None before two are known."""
    key = SeriesKey("loss", "train", "step")
    times, steps = (series.points(key, axis).x for axis in ("time", "step"))
    if len(times) < 2 or len(times) != len(steps):
        return None
    between_s, between = np.diff(times[-_RECENT:]), np.diff(steps[-_RECENT:])
    return float(np.median(between_s / between))


def _may_validate(status: Status) -> bool:
    """Whether an epoch may have ended at this step."""
    if not status.steps or not status.epochs or status.steps % status.epochs:
        return True
    return status.step % (status.steps // status.epochs) == 0


def _validation_s(series: RunSeries) -> float:
    """The longest of the last ten validations: from an epoch's last step to its row."""
    ends = series.points(SeriesKey("loss", "train", "epoch"), "time").x[-10:]
    steps = series.points(SeriesKey("loss", "train", "step"), "time").x
    before = np.searchsorted(steps, ends) - 1
    known = before >= 0
    if not known.any():
        return UNKNOWN_S / STALL_VALIDATIONS
    return float((ends[known] - steps[before[known]]).max())


def _full_memory(system_rows: Sequence[Row], now: float) -> Iterator[Alert]:
    latest = system_rows[-1] if system_rows else {}
    moment = finite(latest.get("time"))
    if moment is None or now - moment > _LONG_GONE_S:
        return
    mend = "the next long batch may end the run: lower --batch-size or set --frames-per-batch"
    for gpu in _gpus(latest):
        if (share := _full(gpu)) is not None:
            yield Alert("memory", f"GPU {gpu.get('index')} memory is {_of(gpu, share)}; {mend}")
    if (share := _full(_host(latest))) is not None:
        mend = "the system may kill the run: lower --num-workers, or end what else runs there"
        yield Alert("memory", f"the host's memory is {_of(_host(latest), share)}; {mend}")


def _full(load: Mapping[str, Any]) -> float | None:
    """The share of memory in use, where it is too much."""
    used, total = finite(load.get("memory_used_bytes")), finite(load.get("memory_total_bytes"))
    return used / total if used and total and used / total > MEMORY_SHARE else None


def _of(load: Mapping[str, Any], share: float) -> str:
    return f"{share:.0%} full ({size(load['memory_total_bytes'])})"


def _gpus(row: Row) -> list[Mapping[str, Any]]:
    gpus = row.get("gpus")
    return [gpu for gpu in gpus if isinstance(gpu, Mapping)] if isinstance(gpus, list) else []


def _host(row: Row) -> Mapping[str, Any]:
    host = row.get("host")
    return host if isinstance(host, Mapping) else {}


def _slow_loader(series: RunSeries) -> Iterator[Alert]:
    key = SeriesKey("data_wait_share", "", "epoch")
    places = series.points(key, "epoch")
    if len(places.y) and (share := float(places.y[-1])) > WAIT_SHARE:
        where = f"in epoch {places.x[-1]:,.0f}"
        message = f"training waited for data {share:.0%} of the time {where}; raise --num-workers"
        yield Alert("slow loader", message, _moment(series, key, len(places.x) - 1, len(places.x)))


def _plateau(series: RunSeries, status: Status) -> Iterator[Alert]:
    best: Mapping[str, Any] = status.best if isinstance(status.best, Mapping) else {}
    metric, value, reached = best.get("metric"), finite(best.get("value")), finite(best.get("epoch"))
    key = SeriesKey("loss", "train", "epoch")
    epochs = series.points(key, "epoch").x
    if not isinstance(metric, str) or value is None or reached is None or not len(epochs):
        return
    without = epochs[-1] - reached
    if without < max(PLATEAU_EPOCHS, PLATEAU_SHARE * epochs[-1]):
        return
    message = (
        f"validation {title(metric)} has not improved for {without:,.0f} epochs ({score(metric, value)} in epoch "
        f"{reached:,.0f}); stop it, best.pt holds that epoch, or lower --lr"
    )
    place = min(int(np.searchsorted(epochs, reached)), len(epochs) - 1)
    yield Alert("plateau", message, _moment(series, key, place, len(epochs)))
