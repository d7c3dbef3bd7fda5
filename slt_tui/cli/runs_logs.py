"""What `slt runs logs` prints: the end of a log, what is added to it, and what is searched in it."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import deque
from pathlib import Path

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.log_search import Match, search_down
from slt_engine.run.logs import LogFollower, last_lines
from slt_engine.run.standing import standing
from slt_tui.cli.output import answer, talk

POLL_S = 0.2
LINES = 40


def print_log(path: Path, count: int) -> None:
    """The last ``count`` lines. Raises RunError where there is no log."""
    _refuse_missing(path)
    for line in last_lines(path, count):
        answer(line)


def print_matches(path: Path, text: str, count: int | None) -> bool:
    """The lines that have ``text``, all or the last ``count``, with their numbers; whether there was one."""
    _refuse_missing(path)
    matches = (found for found in search_down(path, text) if isinstance(found, Match))
    found = False
    for number, line in matches if count is None else deque(matches, count):
        answer(f"{number}: {line.text}")
        found = True
    return found


def follow_log(run: RunDir, path: Path, count: int) -> None:
    """The last ``count`` lines and all that come until the run has ended, or Ctrl-C."""
    follower = LogFollower(path, count)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            now = standing(run)
            for line in follower.read():
                answer(line)
            sys.stdout.flush()
            if now.is_over or now.process is None:
                talk(f"{run.path}: {now.state}")
                return
            time.sleep(POLL_S)


def _refuse_missing(path: Path) -> None:
    if not path.exists():
        raise RunError(f"{path}: no such log; the run has not said anything yet")
