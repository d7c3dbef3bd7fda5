"""The table of scores as lines: a heading a metric, a row a run, all columns below each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from slt_tui.comparison.live import ComparedRun
from slt_tui.comparison.scores import At, MetricScores, RunScores, Score
from slt_tui.comparison.wording import better_text, delta_text, metric_title, place_text, value_text
from slt_tui.screens.compare.lines import name_piece
from slt_tui.widgets.cells import padded
from slt_tui.widgets.painted import Piece

_LEAST_NAME, _MOST_NAME = 10, 40
_LOOKS = {"better": "good", "worse": "error"}
_SIGNS = {"better": ("✓", "+"), "worse": ("✗", "!")}
_BETTER = len("  higher is better")
KEYS = ("✓ better  ✗ worse", "+ better  ! worse")


class Column(NamedTuple):
    heading: str
    width: int


def score_lines(
    tables: Sequence[MetricScores], runs: Sequence[ComparedRun], width: int, at: At | None, *, plain: bool
) -> list[list[Piece]]:
    """Lines of so many columns."""
    groups = _groups(at)
    taken = sum(column.width + 1 for group in groups for column in group) + len(groups)
    longest = max((cell_len(run.name) + 2 for run in runs), default=0)
    name = max(_LEAST_NAME, min(_MOST_NAME, longest, width - taken))
    has_room = name + taken + _BETTER <= width
    lines: list[list[Piece]] = []
    for scores in tables:
        better = better_text(scores.metric) if has_room else ""
        lines.append(
            [*_heading(scores, groups, name, plain=plain), *([(f"  {better}", "muted")] if better else [])]
        )
        for run, row in zip(runs, scores.rows, strict=True):
            lines.append(
                [*name_piece(run, name, plain=plain), *_cells(scores.metric, row, groups, plain=plain)]
            )
        lines.append([])
    return lines[:-1]


def _groups(at: At | None) -> list[list[Column]]:
    delta = [Column("", 7), Column("", 1)]
    groups = [[Column("last", 8), *delta], [Column("best", 8), Column("at", 6), *delta]]
    return [*groups, [Column(f"{at.axis} {at.place:,.0f}", 9), *delta]] if at else groups


def _heading(
    scores: MetricScores, groups: Sequence[Sequence[Column]], name: int, *, plain: bool
) -> list[Piece]:
    """The metric's name may reach below the first column's heading, which stands at the right."""
    first = groups[0][0]
    room = name + 2 + first.width
    title = padded(metric_title(scores), room - len(first.heading) - 1, plain=plain) + " "
    rest = "".join(
        (" " if number == 0 else "") + " " + padded(column.heading, column.width, right=True)
        for group in groups
        for number, column in enumerate(group)
    )[room - name :]
    return [(title, "strong"), (first.heading + rest, "muted")]


def _cells(metric: str, row: RunScores, groups: Sequence[Sequence[Column]], *, plain: bool) -> list[Piece]:
    pieces: list[Piece] = []
    for group, one in zip(groups, row, strict=False):
        texts: list[Piece] = [(value_text(metric, one), "")]
        if len(group) == 4:
            texts.append((place_text(one), "muted"))
        texts += _delta(metric, one, plain=plain)
        pieces.append((" ", ""))
        pieces += [
            (" " + padded(text, column.width, right=True, plain=plain), look)
            for (text, look), column in zip(texts, group, strict=True)
        ]
    return pieces


def sign_of(one: Score, *, plain: bool) -> str:
    """What stands for the word."""
    return _SIGNS.get(one.verdict, ("", ""))[plain]


def _delta(metric: str, one: Score, *, plain: bool) -> list[Piece]:
    look = _LOOKS.get(one.verdict, "muted")
    return [(delta_text(metric, one), look), (sign_of(one, plain=plain), look)]
