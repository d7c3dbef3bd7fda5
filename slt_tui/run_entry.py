"""RunEntry: a run as a list of runs shows it, with its notes, the course of its score and when it will be done."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import epoch_rows, last_rows
from slt_engine.run.notes import Notes, read_notes
from slt_engine.run.record import Row
from slt_engine.run.standing import Standing
from slt_tui.pace import Pace
from slt_tui.readable import finite
from slt_tui.summary import RunSummary, summarise

EPOCHS = 24  # of the course that is shown
_NO_NOTES = Notes()
_WEIGHT = 0.6  # of what was before, in the smoothed score


@dataclass(frozen=True)
class RunEntry:
    """``label`` is the path under the root; ``course`` the metric's latest values on validation, those of epochs
    that were decoded, None where one was no number.

    ``smoothed`` is the end of the course, smoothed; ``ends`` is when the planned steps will be done, if all goes
    on as it does.
    """

    summary: RunSummary
    label: str
    notes: Notes = _NO_NOTES
    course: tuple[float | None, ...] = ()
    smoothed: float | None = None
    ends: float | None = None

    @property
    def last(self) -> float | None:
        """The latest value of the metric, be it of an earlier epoch than the last."""
        return self.course[-1] if self.course else self.summary.last

    @property
    def path(self) -> Path:
        return self.summary.run.path

    @property
    def state(self) -> str:
        return self.summary.standing.state

    @property
    def is_at_work(self) -> bool:
        """Whether a trainer is there, as far as can be told."""
        now = self.summary.standing
        return not now.is_over and now.process is not None


def read_entry(run: RunDir, label: str) -> RunEntry:
    """Look a run over. What cannot be read is said in its message, and never raises."""
    try:
        summary, notes = summarise(run), read_notes(run)
        rows = epoch_rows(last_rows(run.metrics, EPOCHS))
    except OSError as refusal:
        return RunEntry(_unreadable(run, refusal), label)
    course = _course(rows, summary.metric)
    ends = _end_of(summary.standing, rows)
    return RunEntry(summary, label, notes, course, smoothed_end(course), ends)


def smoothed_end(course: Iterable[float | None]) -> float | None:
    """The last value of the course smoothed as TensorBoard does it: a mean that forgets, without its bias to 0."""
    mean, weight = 0.0, 1.0
    for value in course:
        if value is not None:
            mean = _WEIGHT * mean + (1 - _WEIGHT) * value
            weight *= _WEIGHT
    return mean / (1 - weight) if weight < 1 else None


def _course(rows: Sequence[Row], metric: str) -> tuple[float | None, ...]:
    scores = [val for row in rows if isinstance(val := row.get("val"), dict)]
    return tuple(finite(val[metric]) for val in scores if metric in val)


def _end_of(now: Standing, rows: Sequence[Row]) -> float | None:
    """When the planned steps will be done; None where the run is not at work, or its pace not known."""
    status = now.status
    if status is None or not status.steps or now.is_over or now.state != "running":
        return None
    pace, began = Pace(), now.started or 0.0
    if not rows:
        pace.take(began, 0)
    for row in rows:
        moment, step = finite(row.get("time")), finite(row.get("step"))
        if moment is not None and step is not None and moment >= began:
            pace.take(moment, int(step))
    pace.take(status.progressed, int(status.step))
    left_s = pace.seconds_left(int(status.steps), now=status.progressed)
    return status.progressed + left_s if left_s is not None and math.isfinite(left_s) else None


def _unreadable(run: RunDir, refusal: OSError) -> RunSummary:
    where = Path(refusal.filename).name if refusal.filename else run.name
    return RunSummary(
        run, Standing("lost", f"{where}: {refusal.strerror}"), None, "loss", None, _changed(run)
    )


def _changed(run: RunDir) -> float:
    try:
        return run.path.stat().st_mtime
    except OSError:
        return time.time()
