"""Times that went through a spreadsheet: 6.850.000.000.000.020 was 6.85, and nobody knows where the point stood."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_S = 24 * 3600.0
_LONGEST_CLIP_S = 120.0
_SAME_S = 0.02  # a start, an end and a duration that were all rounded
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")


@dataclass(frozen=True)
class Span:
    """A clip within a video, in seconds."""

    start_s: float
    end_s: float


def read_span(start: str, end: str, duration: str = "") -> Span | str:
    """The span that the fields tell, or why they tell none.

    A damaged start or end is read as the only value that makes a clip of up to two minutes, and one of the duration's
    readings where there is a duration. The duration itself is never trusted for more.
    """
    starts, ends = readings(start), readings(end)
    for name, text, values in (("start", start, starts), ("end", end, ends)):
        if not values:
            return f"{name} is {'empty' if not text.strip() else f'{text!r}, no number'}"
    spans = [Span(a, b) for a, b in itertools.product(starts, ends) if b > a]
    if len(starts) == len(ends) == 1:
        return spans[0] if spans else f"ends at {ends[0]:g} s, not after its start at {starts[0]:g} s"
    spans = [span for span in spans if span.end_s - span.start_s <= _LONGEST_CLIP_S]
    if lasting := [span for span in spans if _lasts(span, readings(duration))]:
        spans = lasting
    if len(spans) == 1:
        return spans[0]
    told = "no reading" if not spans else f"{len(spans)} readings"
    return f"start {start.strip()} and end {end.strip()} are damaged, and {told} of them make a clip"


def readings(text: str) -> tuple[float, ...]:
    """The numbers that a field may have been, in seconds: one, or one a place for the point where it is damaged."""
    text = text.strip()
    if not _GROUPED.fullmatch(text):
        try:
            value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
        except ValueError:
            return ()
        return (value,) if math.isfinite(value) and 0 <= value <= LONGEST_S else ()
    digits = text.replace(".", "")
    values = (int(digits) / 10**places for places in range(len(digits), -1, -1))
    return tuple(round(value, 3) for value in values if 0.01 <= value <= LONGEST_S)


def _lasts(span: Span, durations: Sequence[float]) -> bool:
    return any(abs(span.end_s - span.start_s - duration_s) <= _SAME_S for duration_s in durations)
