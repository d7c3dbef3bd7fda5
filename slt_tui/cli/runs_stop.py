"""What `slt runs stop` does: ask, wait, say what came of it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from slt_engine.run.directory import RunDir
from slt_engine.run.standing import Standing, standing
from slt_engine.run.stopping import request_stop, stop_run, wait_until_over
from slt_tui.cli.output import talk


def ask_all(runs: Sequence[RunDir], timeout_s: float) -> bool:
    """Drop each run's stop file and wait ``timeout_s`` for all; whether all have ended."""
    working = [run for run in runs if _is_at_work(run)]
    for run in working:
        request_stop(run)
        talk(f"{run.path}: asked to stop; it finishes the step and saves last.pt")
    deadline = time.monotonic() + timeout_s
    ends = [(run, wait_until_over(run, deadline - time.monotonic())) for run in working]
    for run, end in ends:
        _tell(run, end, "--timeout waits longer, --kill goes further")
    return all(end.is_over for _, end in ends)


def stop_all(runs: Sequence[RunDir], timeout_s: float) -> bool:
    """Stop each run, by force in the end; whether all have ended."""
    ends = [(run, stop_run(run, timeout_s, tell=talk)) for run in runs if _is_at_work(run)]
    for run, end in ends:
        _tell(run, end, "not even SIGKILL ended it")
    return all(end.is_over for _, end in ends)


def _is_at_work(run: RunDir) -> bool:
    now = standing(run)
    if now.is_over or now.process is None:
        talk(f"{run.path}: {now.state} already, nothing to stop")
        return False
    return True


def _tell(run: RunDir, end: Standing, advice: str) -> None:
    if not end.is_over:
        talk(f"{run.path}: still {end.state}; {advice}")
        return
    checkpoint = f"; go on with: slt runs resume {run.path}" if run.last.exists() else "; it left no last.pt"
    talk(f"{run.path}: {end.state}{checkpoint}")
