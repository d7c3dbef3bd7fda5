"""Settings that differ as lines: a column a run, or where that is too wide a line a run below each setting."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from slt_tui.comparison.live import ComparedRun
from slt_tui.comparison.settings import Setting, setting_text
from slt_tui.screens.compare.lines import name_piece
from slt_tui.widgets.cells import padded
from slt_tui.widgets.painted import Piece

_GAP = 2
_NAME = 26


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
        return _stacked(settings, texts, runs, baseline=baseline, plain=plain)
    lines = [[(" " * key, ""), *_headings(runs, widths, plain=plain)]]
    for setting, row in zip(settings, texts, strict=True):
        line: list[Piece] = [(padded(setting.key, key), "muted")]
        for text, one in zip(row, widths, strict=True):
            line.append((" " * _GAP + padded(text, one), _look(text, row[baseline])))
        lines.append(line)
    return lines


def _headings(runs: Sequence[ComparedRun], widths: Sequence[int], *, plain: bool) -> list[Piece]:
    pieces: list[Piece] = []
    for run, width in zip(runs, widths, strict=True):
        pieces += [(" " * _GAP, ""), *name_piece(run, width, plain=plain)]
    return pieces


def _stacked(
    settings: Sequence[Setting],
    texts: Sequence[Sequence[str]],
    runs: Sequence[ComparedRun],
    *,
    baseline: int,
    plain: bool,
) -> list[list[Piece]]:
    name = min(_NAME, max(cell_len(run.name) for run in runs) + 2)
    lines: list[list[Piece]] = []
    for setting, row in zip(settings, texts, strict=True):
        lines.append([(setting.key, "muted")])
        for run, text in zip(runs, row, strict=True):
            lines.append(
                [
                    ("  ", ""),
                    *name_piece(run, name, plain=plain),
                    ("  ", ""),
                    (text, _look(text, row[baseline])),
                ]
            )
    return lines


def _look(text: str, base: str) -> str:
    return "" if text == base else "warning strong"
