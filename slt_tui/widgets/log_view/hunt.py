"""Looking for the next matching line of a log, past its end and on from its other one."""

from __future__ import annotations

from collections.abc import Iterator

from slt_engine.run.log_file import LogFile, LogLine
from slt_engine.run.log_search import Match, search_down, search_up


def hunt_down(log: LogFile, text: str, begin: int) -> Iterator[LogLine | float]:
    """The first matching line from ``begin`` on, or from the start; before it, shares of the log looked at."""
    done = 0
    for first, end in ((begin, log.size), (0, begin)):
        for found in search_down(log.path, text, first, end):
            if isinstance(found, Match):
                yield found.line
                return
            yield (done + found - first) / max(1, log.size)
        done = log.size - begin


def hunt_up(log: LogFile, text: str, end: int) -> Iterator[LogLine | float]:
    """The last matching line before ``end``, or before the log's end; before it, shares of the log looked at."""
    done = 0
    for last, first in ((end, 0), (log.size, end)):
        for found in search_up(log.path, text, last, first):
            if isinstance(found, LogLine):
                yield found
                return
            yield (done + last - found) / max(1, log.size)
        done = end
