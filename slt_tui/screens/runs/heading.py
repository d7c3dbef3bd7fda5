"""The heading of the runs: how many, of what state, marked, by what they are sorted, where they lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text

from slt_tui.widgets.cells import cut_front
from slt_tui.widgets.run_table.run_list import USUAL, RunList

# Several states in one word, those that ask for attention first.
_COUNTED = (
    ("at work", ("starting", "running", "stopping")),
    ("failed", ("failed",)),
    ("lost", ("lost",)),
    ("finished", ("finished",)),
    ("stopped", ("stopped",)),
    ("created", ("created",)),
)
_LEAST = 8  # cells for the roots


def heading_of(line: Text, runs: RunList, roots: Sequence[Path], *, width: int, plain: bool) -> Text:
    """The line, gone on with."""
    dot = " - " if plain else " · "
    line.append("  ")
    for number, (words, style) in enumerate(_parts(runs)):
        gap = dot if number else ""
        if line.cell_len + len(gap + words) < width:
            line.append(gap, "dim").append(words, style)
    places = ", ".join(map(str, roots))
    room = width - line.cell_len - 3
    if room >= min(_LEAST, len(places)):
        places = cut_front(places, room, plain=plain)
        line.append(" " * (width - line.cell_len - len(places) - 1)).append(places, "dim")
    return line


def _parts(runs: RunList) -> Iterator[tuple[str, str]]:
    total = len(runs.entries)
    if len(runs.shown) < total:
        yield f"{len(runs.shown):,} of {_runs(total)}", "bold"
    else:
        yield _runs(total), ""
    if runs.marked:
        hidden = len(runs.marked - {entry.path for entry in runs.shown})
        yield f"{len(runs.marked):,} marked" + (f", {hidden:,} not shown" if hidden else ""), "bold"
    if runs.column.key != USUAL or runs.is_turned:
        yield f"by {runs.column.key}" + (", turned" if runs.is_turned else ""), ""
    counts = Counter(entry.state for entry in runs.entries)
    for words, states in _COUNTED:
        if number := sum(counts[state] for state in states):
            yield f"{number:,} {words}", ""


def _runs(number: int) -> str:
    return f"{number:,} run" + ("" if number == 1 else "s")
