"""RunSummary: a run in one row, from its small files and the last line of metrics.jsonl."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import Any

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import last_row
from slt_engine.run.record import Best
from slt_engine.run.standing import Standing, standing
from slt_tui.readable import finite


@dataclass(frozen=True)
class RunSummary:
    """``metric`` is what the run is judged by, ``last`` its latest value, ``touched`` the latest sign of life."""

    run: RunDir
    standing: Standing
    best: Best | None
    metric: str
    last: float | None
    touched: float

    def age_s(self, now: float) -> float:
        """Since its last sign of life."""
        return max(0.0, now - self.touched)


def summarise(run: RunDir) -> RunSummary:
    """Look a run over."""
    now = standing(run)
    best = _best(now)
    metric = best["metric"] if best else "loss"
    row = last_row(run.metrics) or {}
    val = row.get("val")
    last = val.get(metric) if isinstance(val, dict) else None
    return RunSummary(run, now, best, metric, finite(last), _touched(run, now))


def as_document(summary: RunSummary) -> dict[str, Any]:
    """For --json."""
    now = summary.standing
    status, process = now.status, now.process
    return {
        "name": summary.run.name,
        "path": str(summary.run.path),
        "state": now.state,
        "message": now.message,
        "epoch": status.epoch if status else None,
        "epochs": status.epochs if status else None,
        "step": status.step if status else None,
        "steps": status.steps if status else None,
        "best": summary.best,
        "last": {"metric": summary.metric, "value": summary.last},
        "touched": summary.touched,
        "started": now.started,
        "ended": now.ended,
        "exit_code": now.exit_code,
        "signal": now.signal,
        "pid": process.pid if process and process.pid > 0 else None,
        "host": process.host or None if process else None,
    }


def _best(now: Standing) -> Best | None:
    """The trainer's word on its best epoch, if it is complete."""
    best = now.status.best if now.status else None
    if not isinstance(best, dict) or finite(best.get("value")) is None:
        return None
    return best if isinstance(best.get("metric"), str) and isinstance(best.get("epoch"), int) else None


def _touched(run: RunDir, now: Standing) -> float:
    if now.status:
        return max(now.status.heartbeat, now.ended or 0.0)
    if now.started:
        return now.ended or now.started
    for path in (run.config, run.metrics):
        with contextlib.suppress(OSError):
            return path.stat().st_mtime
    return time.time()
