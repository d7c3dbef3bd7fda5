"""The figures of a bench: each with its budget and, where there is one, a peer's; one table at the end."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from typing import NamedTuple

HEADINGS = ("what", "ours", "budget", "met", "peer", "peer's", "ratio")
_WAYS: dict[str, Callable[[float], str]] = {
    "s": lambda value: f"{value:.2f} s",
    "ms": lambda value: f"{value:.1f} ms",
    "us": lambda value: f"{value:.1f} us",
    "MB": lambda value: f"{value:.0f} MB",
    "B": lambda value: f"{value:.0f} B",
    "%": lambda value: f"{value:.2f} %",
}


class Figure(NamedTuple):
    """One measurement; ``peer`` names who else was measured in the same run, or why nobody was."""

    what: str
    ours: float
    unit: str
    budget: float | None = None
    peer: str = ""
    theirs: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the budget holds; so it does where there is none."""
        return self.budget is None or self.ours <= self.budget

    @property
    def cells(self) -> tuple[str, ...]:
        """A row of the table."""
        write = _WAYS[self.unit]
        budget = "" if self.budget is None else write(self.budget)
        met = "" if self.budget is None else "yes" if self.is_met else "NO"
        theirs = "" if self.theirs is None else write(self.theirs)
        ratio = f"{self.theirs / self.ours:.1f}x" if self.theirs is not None and self.ours > 0 else ""
        return (self.what, write(self.ours), budget, met, self.peer, theirs, ratio)


class Figures(list[Figure]):
    """What was measured so far."""

    def hold(self, *figures: Figure) -> None:
        """Keep the figures, then fail if one of them is over its budget."""
        self.extend(figures)
        missed = [" ".join(figure.cells[:3]) for figure in figures if not figure.is_met]
        assert not missed, f"over the budget: {'; '.join(missed)}"


def table(figures: Iterable[Figure]) -> list[str]:
    """The figures as lines, columns aligned; a ratio over 1 is in our favour."""
    rows = [HEADINGS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return [
        "  ".join(
            cell.rjust(width) if column in (1, 2, 5, 6) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def p95(values: Iterable[float]) -> float:
    """The value that 95 of 100 do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def median(values: Iterable[float]) -> float:
    """The value in the middle."""
    return float(statistics.median(values))
