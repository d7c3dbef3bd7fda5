"""Runs as a list shows them, without a disk below."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from slt_engine.run.directory import RunDir
from slt_engine.run.notes import Notes
from slt_engine.run.standing import Standing
from slt_tui.run_entry import RunEntry, smoothed_end
from slt_tui.summary import RunSummary
from tests.support.fake_runs import NOBODY, status_by

NOW = 1_800_000_000.0


def entry(
    name: str,
    state: str = "finished",
    *,
    metric: str = "cer",
    best: float | None = 0.25,
    last: float | None = 0.5,
    age_s: float = 7200.0,
    epoch: int = 2,
    tags: tuple[str, ...] = (),
    note: str = "",
    message: str = "",
    course: tuple[float | None, ...] | None = None,
) -> RunEntry:
    """A run of this name under work_dirs; it began an hour before its last sign of life."""
    if course is None:
        course = (0.75, last) if last is not None else ()
    known: Any = {"metric": metric, "value": best, "epoch": 1}
    status = replace(status_by(NOBODY), epoch=epoch, heartbeat=NOW - age_s)
    is_at_work = state in ("starting", "running", "stopping")
    standing = Standing(
        state,  # type: ignore[arg-type]
        message,
        status,
        NOBODY,
        started=NOW - age_s - 3600,
        ended=None if is_at_work else NOW - age_s,
    )
    summary = RunSummary(
        RunDir(Path("work_dirs") / name),
        standing,
        known if best is not None else None,
        metric,
        last,
        NOW - age_s,
    )
    return RunEntry(summary, name, Notes(tags, note), course, smoothed_end(course))
