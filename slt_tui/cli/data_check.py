"""What `slt data check` and `slt data stats` print: problems with what to do, and numbers worth knowing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from slt_engine.clips.errors import DataError
from slt_engine.contract import Problem, Report, by_rule, check
from slt_engine.contract.stats import SplitStats, Spread, Vocabulary, record_of, split_stats
from slt_tui.cli.output import answer, answer_json, fail, talk
from slt_tui.clip_reading import ClipSources
from slt_tui.terminal import has_colours, has_unicode, painted

if TYPE_CHECKING:
    from rich.progress import Progress

SHOWN = 3
"""Examples of a kind of problem, where not all are asked for."""
_BLOCKS, _PLAIN_BLOCKS = " ▁▂▃▄▅▆▇█", " .:-=+*#@"


def check_data(source: Path, *, deep: bool, everything: bool, as_json: bool) -> int:
    """Print every kind of problem; the code to leave with: 1 where an error stands."""
    try:
        sources = ClipSources.of(source)
        with _counting(deep) as progress:
            report = check(sources, deep=deep, progress=progress)
    except DataError as fault:
        return fail([str(fault)], code=2)
    if as_json:
        answer_json({**_summary(report), "problems": [problem.record() for problem in report.problems]})
    else:
        for rule, problems in by_rule(report.problems):
            _print_rule(rule, problems, everything=everything)
        answer(_sentence(report, deep=deep))
    return 1 if report.errors else 0


def show_stats(source: Path, *, as_json: bool) -> int:
    """Print lengths, words and what is seen, by split; the code to leave with."""
    try:
        sources = ClipSources.of(source)
        with _counting(deep=False) as progress:
            report = check(sources, progress=progress)
    except DataError as fault:
        return fail([str(fault)], code=2)
    stats = split_stats(report)
    if as_json:
        answer_json({name: record_of(split) for name, split in stats.items()})
        return 0
    for name, split in stats.items():
        for line in _lines(name, split):
            answer(line)
    if report.errors:
        passed_over = _count(len(report.errors), "error")
        talk(f"{passed_over} passed over; slt data check {source} tells them")
    return 0


def _summary(report: Report) -> dict[str, int]:
    errors = len(report.errors)
    return {
        "clips": len(report.frames),
        "pictures": report.pictures,
        "errors": errors,
        "warnings": len(report.problems) - errors,
    }


def _sentence(report: Report, *, deep: bool) -> str:
    summary = _summary(report)
    looked = f"{summary['clips']:,} clips read"
    if summary["pictures"]:
        looked += f", {summary['pictures']:,} crops decoded" + ("" if deep else " (--deep decodes all)")
    if not report.problems:
        return f"{looked}: nothing to mend"
    return f"{looked}: {_count(summary['errors'], 'error')}, {_count(summary['warnings'], 'warning')}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _print_rule(rule: str, problems: Sequence[Problem], *, everything: bool) -> None:
    """A kind of problem: how grave and how often, then examples, then what to do."""
    grave = problems[0].severity == "error"
    glyph = ("✘" if grave else "!") if has_unicode(sys.stdout) else ("x" if grave else "!")
    head = f"{glyph} {problems[0].severity:7}  {rule}  {len(problems):,}"
    answer(painted(head, "red" if grave else "yellow") if has_colours(sys.stdout) else head)
    shown = problems if everything else problems[:SHOWN]
    for problem in shown:
        answer(f"    {_place(problem)}: {problem.message}")
    if left := len(problems) - len(shown):
        answer(f"    and {left:,} more (--all)")
    for remedy in dict.fromkeys(problem.remedy for problem in shown):
        answer(f"    -> {remedy}" if not has_unicode(sys.stdout) else f"    → {remedy}")


def _place(problem: Problem) -> str:
    line = f" line {problem.line}" if problem.line else ""
    named = problem.clip and problem.clip not in problem.path.name
    return f"{problem.path}{line}" + (f" {problem.clip}" if named else "")


def _lines(name: str, split: SplitStats) -> Iterator[str]:
    head = f"{name}  {split.clips:,} clips"
    yield painted(head, "bold") if has_colours(sys.stdout) else head
    for label, spread, unit in (("frames", split.frames, ""), ("words a text", split.words_a_text, "")):
        if spread:
            yield _row(label, spread, unit)
    for label, vocabulary in (("words", split.words), ("glosses", split.glosses)):
        if vocabulary:
            yield _words(label, vocabulary, split.unknown_words if label == "words" else None)
    for stream, spread in split.seen.items():
        yield _row(stream, spread, "%")
    yield ""


def _row(label: str, spread: Spread, unit: str) -> str:
    factor = 100 if unit else 1
    numbers = [value * factor for value in (spread.least, spread.median, spread.p95, spread.most)]
    least, median, p95, most = (f"{value:.0f}{unit and ' %'}" for value in numbers)
    if spread.least == spread.most:
        return f"  {label:18}{least} in every clip"
    return f"  {label:18}{_histogram(spread)}  {least} to {most}, median {median}, 95 % below {p95}"


def _histogram(spread: Spread) -> str:
    """A block a step; a step that has any clip is never blank."""
    blocks = _BLOCKS if has_unicode(sys.stdout) else _PLAIN_BLOCKS
    highest = max(spread.counts)
    return "".join(blocks[-(-count * (len(blocks) - 1) // highest)] for count in spread.counts)


def _words(label: str, vocabulary: Vocabulary, unknown: int | None) -> str:
    commonest = ", ".join(f"{word} {count:,}" for word, count in vocabulary.commonest[:5])
    told = f"{vocabulary.total:,}, {vocabulary.types:,} different, {vocabulary.once:,} once"
    new = f", {unknown:,} not in train" if unknown is not None else ""
    return f"  {label:18}{told}{new}; most often {commonest}"


@contextmanager
def _counting(deep: bool) -> Iterator[_Bar]:
    """A bar with rate and time left on stderr, where somebody looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("reading clips and every crop" if deep else "reading clips"),
        BarColumn(24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        yield _Bar(progress)


class _Bar:
    """Moves a bar of rich by what `check` tells."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, rate="")

    def __call__(self, done: int, total: int) -> None:
        task = self._progress.tasks[0]
        speed = f"{task.speed:,.0f} clips/s" if task.speed else ""
        self._progress.update(self._task, completed=done, total=total, rate=speed)
