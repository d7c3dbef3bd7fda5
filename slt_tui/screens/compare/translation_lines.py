"""Translations of the same clips as lines: the reference, and below it what each run made of it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from slt_tui.comparison.live import ComparedRun
from slt_tui.comparison.translations import Side
from slt_tui.samples import Sample
from slt_tui.screens.compare.lines import name_piece
from slt_tui.widgets.cells import padded
from slt_tui.widgets.painted import Piece
from slt_tui.widgets.translations.history import marked
from slt_tui.widgets.wrapping import wrapped

_LEAST_NAME, _MOST_NAME = 11, 26
_EPOCH = 6


def translation_lines(
    sides: Sequence[Side], runs: Sequence[ComparedRun], width: int, *, plain: bool
) -> list[list[Piece]]:
    """Lines of so many columns, clip by clip."""
    if not sides:
        return [
            [("Nothing was translated yet: translations come after each epoch that is decoded.", "muted")]
        ]
    longest = max(cell_len(run.name) for run in runs) + 2
    name = min(_MOST_NAME, max(_LEAST_NAME, min(longest, width // 4)))
    indent = name + _EPOCH + 2
    lines: list[list[Piece]] = []
    for side in sides:
        label = "reference" if side.clip_id == side.reference else side.clip_id
        begin = (padded(label, indent - 2, plain=plain) + "  ", "muted")
        lines += _row([begin], [(side.reference, "strong")], indent, width)
        for run, sample in zip(runs, side.samples, strict=True):
            lines += _row(_begin(run, sample, name, plain=plain), _words(sample), indent, width)
        lines.append([])
    return lines[:-1]


def _begin(run: ComparedRun, sample: Sample | None, name: int, *, plain: bool) -> list[Piece]:
    tick = ("*" if plain else "✔") if sample and sample.is_right else " "
    epoch = f"{sample.epoch:>{_EPOCH - 2}} {tick}" if sample else " " * _EPOCH
    return [*name_piece(run, name, plain=plain), (epoch, "good" if tick.strip() else "muted"), ("  ", "")]


def _words(sample: Sample | None) -> list[Piece]:
    return marked(sample.reference, sample.hypothesis) if sample else [("-", "muted")]


def _row(begin: list[Piece], pieces: Sequence[Piece], indent: int, width: int) -> list[list[Piece]]:
    lines = wrapped(pieces, max(8, width - indent))
    return [[*(begin if number == 0 else [(" " * indent, "")]), *line] for number, line in enumerate(lines)]
