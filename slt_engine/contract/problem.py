"""Problem: one thing that is wrong with a data set, where it lies and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """``rule`` names the kind; an error keeps a clip or a table from being used, a warning is worth a look."""

    rule: str
    severity: Severity
    path: Path
    message: str
    remedy: str
    clip: str = ""
    stream: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.path} line {self.line}" if self.line else str(self.path)
        return f"{place}: {self.message}; {self.remedy}"

    def record(self) -> dict[str, Any]:
        """The same as JSON has it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "file": str(self.path),
            "line": self.line,
            "clip": self.clip or None,
            "stream": self.stream or None,
            "message": self.message,
            "remedy": self.remedy,
        }


def error(rule: str, path: Path, message: str, remedy: str, **where: Any) -> Problem:
    """A problem that keeps something from being used."""
    return Problem(rule, "error", path, message, remedy, **where)


def warning(rule: str, path: Path, message: str, remedy: str, **where: Any) -> Problem:
    """A problem that is worth a look."""
    return Problem(rule, "warning", path, message, remedy, **where)


def by_rule(problems: Sequence[Problem]) -> Iterator[tuple[str, list[Problem]]]:
    """Problems of one kind together: errors first, then by name of the rule, each kind in its own order."""
    ordered = sorted(problems, key=lambda problem: (problem.severity, problem.rule))
    for rule, group in groupby(ordered, key=lambda problem: problem.rule):
        yield rule, list(group)
