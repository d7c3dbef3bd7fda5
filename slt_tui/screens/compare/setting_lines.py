"""Settings that differ as lines: a column a run, or where that is too wide its values below each setting."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from slt_tui.comparison.live import ComparedRun
from slt_tui.comparison.settings import ABSENT, Setting, setting_text
from slt_tui.palette import series_mark
from slt_tui.screens.compare.lines import name_piece
from slt_tui.widgets.cells import padded
from slt_tui.widgets.painted import Piece

_GAP = 2


def setting_lines(
    settings: Sequence[Setting], runs: Sequence[ComparedRun], width: int, *, baseline: int, plain: bool
) -> list[list[Piece]]:
    """Lines of so many columns; what is not as in the baseline stands out."""
    if not settings:
        silent = [run.name for run in runs if not run.document]
        said = f"; of {', '.join(silent)} nothing is known: no config.json" if silent else ""
        return [[(f"No setting differs{said}.", "muted")]]
    texts = [[setting_text(setting.key, value) for value in setting.values] for setting in settings]
    widths = [
        max(cell_len(run.name) + 2, *(cell_len(row[place]) for row in texts))
        for place, run in enumerate(runs)
    ]
    key = max(cell_len(setting.key) for setting in settings)
    if key + sum(_GAP + one for one in widths) > width:
        return _stacked(settings, runs, baseline)
    lines = [[(" " * key, ""), *_headings(runs, widths, plain=plain)]]
    for setting, row in zip(settings, texts, strict=True):
        line: list[Piece] = [(padded(setting.key, key), "muted")]
        for value, text, one in zip(setting.values, row, widths, strict=True):
            line.append((" " * _GAP + padded(text, one), _look(value, setting.values[baseline])))
        lines.append(line)
    return lines


def _headings(runs: Sequence[ComparedRun], widths: Sequence[int], *, plain: bool) -> list[Piece]:
    pieces: list[Piece] = []
    for run, width in zip(runs, widths, strict=True):
        pieces += [(" " * _GAP, ""), *name_piece(run, width, plain=plain)]
    return pieces


def _stacked(settings: Sequence[Setting], runs: Sequence[ComparedRun], baseline: int) -> list[list[Piece]]:
    """Below each setting its values, and before each value the marks of the runs that have it."""
    lines: list[list[Piece]] = []
    for setting in settings:
        lines.append([(setting.key, "muted")])
        have: dict[str, list[int]] = {}
        for place, value in enumerate(setting.values):
            if value is not ABSENT:
                have.setdefault(setting_text(setting.key, value), []).append(place)
        for text, places in have.items():
            marks = [
                (f"{series_mark(run.place)} " if place in places else "  ", f"run{run.place} strong")
                for place, run in enumerate(runs)
            ]
            lines.append([("  ", ""), *marks, (" ", ""), (text, _OTHER if baseline not in places else "")])
    return lines


def _look(value: object, base: object) -> str:
    """What is not as in the baseline stands out."""
    if value is ABSENT:
        return "muted"
    return "" if value == base else _OTHER


_OTHER = "warning strong"
