"""EpochClock: how many epochs are done at a step, in fractions."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from slt_tui.series.columns import Column, Columns


class EpochClock:
    """Epochs by steps, straight from one known pair to the next, and on at the last one's pace."""

    def __init__(
        self, steps: Column, epochs: Column, state: Hashable, *, outlasts_its_epoch: bool = False
    ) -> None:
        self._steps, self._epochs = steps, epochs
        self.state = state
        """Equal where the clock tells the same."""
        self._outlasts_its_epoch = outlasts_its_epoch

    def still_holds(self, rows: Columns, seen: int) -> bool:
        """Whether the rows after the first ``seen`` ones, from which it was made, tell nothing new of epochs."""
        epochs = rows.axis("epoch")
        return self._outlasts_its_epoch and bool((epochs[seen:] == epochs[seen - 1]).all())

    def epochs(self, steps: Column) -> Column:
        """Of an epoch, NaN where nothing is known of epochs."""
        if len(self._steps) < 2:
            return np.full(len(steps), np.nan)
        found = np.interp(steps, self._steps, self._epochs)
        _go_on(found, steps, steps > self._steps[-1], self._steps[-2:], self._epochs[-2:], at=-1)
        _go_on(found, steps, steps < self._steps[0], self._steps[:2], self._epochs[:2], at=0)
        return found


NO_CLOCK = EpochClock(np.empty(0), np.empty(0), None)


def clock_of_epochs(rows: Columns) -> EpochClock:
    """From the rows of epochs, which say at which step each ended."""
    steps, epochs = _rising(rows.axis("step"), rows.axis("epoch"))
    state = ("epochs", id(rows), len(rows), rows.rewrites)
    if len(steps) == 0 or steps[0] <= 0:
        return EpochClock(steps, epochs, state)
    begin = 0.0 if epochs[0] > 0 else epochs[0] - 1.0
    return EpochClock(np.append(0.0, steps), np.append(begin, epochs), state)


def clock_of_steps(rows: Columns, planned: float | None) -> EpochClock:
    """From the rows of steps, which say in which epoch they are; ``planned`` is the steps of one epoch."""
    steps, epochs = rows.axis("step"), rows.axis("epoch")
    said = np.isfinite(epochs)
    steps, epochs = steps[said], epochs[said]
    if len(steps) == 0:
        return EpochClock(steps, epochs, None)
    if (epochs != np.floor(epochs)).any():
        steps, epochs = _rising(steps, epochs)
        state = ("fractions", id(rows), len(steps), rows.rewrites)
        return EpochClock(steps, epochs, state, outlasts_its_epoch=True)
    return _clock_of_counts(rows, steps, epochs, planned)


def _clock_of_counts(rows: Columns, steps: Column, epochs: Column, planned: float | None) -> EpochClock:
    """From steps that name their epoch by a whole number, the first 0 or 1."""
    begins = np.flatnonzero(np.append(True, np.diff(np.maximum.accumulate(epochs)) > 0))
    ends = np.append(begins[1:] - 1, len(steps) - 1)
    done = epochs[begins] + (1.0 if epochs[0] <= 0 else 0.0)  # when an epoch is over, so many are done
    first = min(0.0, steps[0] - 1.0) if done[0] <= 1.0 else steps[0] - 1.0
    knots, told = np.append(first, steps[ends]), np.append(done[0] - 1.0, done)
    if len(begins) > 1:  # the last epoch is not over: it goes on at the pace of the one before
        knots, told = knots[:-1], told[:-1]
        state = ("counts", id(rows), len(begins), rows.rewrites)
        return EpochClock(knots, told, state, outlasts_its_epoch=True)
    if planned:
        knots[-1] = first + planned
    return EpochClock(knots, told, ("first", id(rows), float(knots[-1]), rows.rewrites))


def _rising(steps: Column, epochs: Column) -> tuple[Column, Column]:
    """The pairs in which both rise above all before."""
    known = np.isfinite(steps) & np.isfinite(epochs)
    steps, epochs = steps[known], epochs[known]
    for values in (0, 1):
        pair = (steps, epochs)
        highest = np.maximum.accumulate(pair[values])
        is_above = np.append(True, highest[1:] > highest[:-1])[: len(highest)]
        steps, epochs = steps[is_above], epochs[is_above]
    return steps, epochs


def _go_on(found: Column, steps: Column, where: Column, knots: Column, told: Column, *, at: int) -> None:
    """Beyond the outermost knots at their pace."""
    pace = (told[1] - told[0]) / (knots[1] - knots[0])
    found[where] = told[at] + (steps[where] - knots[at]) * pace
