"""One line on stderr that says how far a build is, how fast it goes and how long it will take."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TextIO, TypeVar

Item = TypeVar("Item")
EVERY_S = {True: 0.1, False: 5.0}
"""Seconds between two lines: on a terminal, where the line is drawn over itself, and elsewhere."""


def counted(items: Sequence[Item], unit: str, *, stream: TextIO | None = None) -> Iterator[Item]:
    """The items, with progress on ``stream`` (stderr unless given) while they are used up."""
    out = stream or sys.stderr
    drawn_over = out.isatty()
    started = said = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if done == len(items) or now - said >= EVERY_S[drawn_over]:
            said = now
            _say(
                out,
                _line(done, len(items), unit, now - started),
                drawn_over=drawn_over,
                last=done == len(items),
            )


def _line(done: int, total: int, unit: str, elapsed_s: float) -> str:
    rate = done / elapsed_s if elapsed_s > 0 else 0.0
    left_s = (total - done) / rate if rate else 0.0
    return f"{done}/{total} {unit}  {rate:.0f}/s  {int(left_s) // 60}:{int(left_s) % 60:02d} left"


def _say(out: TextIO, line: str, *, drawn_over: bool, last: bool) -> None:
    ending = "\n" if last or not drawn_over else ""
    out.write(f"\r\033[K{line}{ending}" if drawn_over else line + "\n")
    out.flush()
