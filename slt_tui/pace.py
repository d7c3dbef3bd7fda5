"""Pace: how fast training moves and how long it still takes, from the times of its steps."""

from __future__ import annotations

from collections import deque

_PAUSE_S = 900.0  # a longer gap lies between two sessions, not within one
_RECENT_S = 20.0
_KEPT = 4096


class Pace:
    """Takes (time, step) pairs as they become known."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque(maxlen=_KEPT)

    def take(self, moment: float, step: int) -> None:
        """Training stood at ``step`` at ``moment``; the same step again, or a late word, says nothing."""
        if self._seen:
            last_moment, last_step = self._seen[-1]
            if moment < last_moment or step == last_step:
                return
            if step < last_step or moment - last_moment > _PAUSE_S:
                self._seen.clear()
        self._seen.append((moment, step))

    @property
    def steps_per_s(self) -> float | None:
        """Over the last moments of training; None before two steps are known."""
        if len(self._seen) < 2:
            return None
        end = self._seen[-1]
        recent = [pair for pair in self._seen if pair[0] >= end[0] - _RECENT_S]
        return _rate(recent[0] if len(recent) > 1 else self._seen[-2], end)

    def seconds_left(self, steps: int, *, now: float) -> float | None:
        """Until ``steps`` are done, if all goes on as it did on the whole, validation included."""
        if len(self._seen) < 2:
            return None
        begin, end = self._seen[0], self._seen[-1]
        rate = _rate(begin, end)
        if not rate:
            return None
        return max(0.0, (steps - end[1]) / rate - max(0.0, now - end[0]))


def _rate(begin: tuple[float, int], end: tuple[float, int]) -> float | None:
    return (end[1] - begin[1]) / (end[0] - begin[0]) if end[0] > begin[0] else None
