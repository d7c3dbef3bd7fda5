"""A report as lines: kinds of problems to choose from, and the problems of one kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slt_engine.contract import Problem, Report, by_rule
from slt_tui.widgets.row_list import ListRow
from slt_tui.widgets.row_list.lines import Line

_GLYPHS = {"error": ("✘", "x"), "warning": ("!", "!")}


def kind_rows(report: Report, *, plain: bool) -> list[ListRow]:
    """One row a kind of problem: how grave, which, how often."""
    return [
        ListRow(
            rule,
            [
                (f"{_GLYPHS[problems[0].severity][plain]} ", problems[0].severity),
                (f"{rule:<14}", "strong"),
                (f"{len(problems):>7,}  ", ""),
                (problems[0].severity, "muted"),
            ],
        )
        for rule, problems in by_rule(report.problems)
    ]


def problem_lines(problems: Sequence[Problem], *, width: int, plain: bool) -> list[Line]:
    """What to do first, then every problem: where, and what."""
    lines: list[Line] = []
    arrow = "->" if plain else "→"
    for remedy in dict.fromkeys(problem.remedy for problem in problems):
        lines += [[(text, "mark")] for text in wrapped(f"{arrow} {remedy}", width)]
    for problem in problems:
        lines.append([])
        lines += [[(text, "muted")] for text in wrapped(place_of(problem), width)]
        lines += [[(text, "")] for text in wrapped(problem.message, width)]
    return lines


def place_of(problem: Problem) -> str:
    """File, line, clip and stream."""
    line = f" line {problem.line}" if problem.line else ""
    named = problem.clip if problem.clip not in problem.path.name else ""
    more = " ".join(part for part in (named, problem.stream) if part)
    return f"{problem.path}{line}" + (f"  {more}" if more else "")


def sentence_of(report: Report) -> str:
    """How much was looked at, and what came of it."""
    errors = len(report.errors)
    warnings = len(report.problems) - errors
    looked = f"{len(report.frames):,} clips read"
    if report.pictures:
        looked += f", {report.pictures:,} crops decoded"
    if not report.problems:
        return f"{looked}: nothing to mend"
    return f"{looked}: {_count(errors, 'error')}, {_count(warnings, 'warning')}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def wrapped(text: str, width: int) -> Iterator[str]:
    """Lines of at most ``width`` columns, broken at blanks where there are any."""
    from textwrap import wrap

    return iter(wrap(text, max(8, width), break_on_hyphens=False) or [""])
