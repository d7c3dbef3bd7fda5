"""What `slt runs compare` and `slt runs diff` print."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from slt_tui.cli.output import answer, answer_table
from slt_tui.comparison.document import Comparison
from slt_tui.comparison.scores import At, MetricScores, Score
from slt_tui.comparison.settings import Setting, setting_text
from slt_tui.comparison.text_diff import diff_text
from slt_tui.comparison.wording import (
    better_text,
    delta_text,
    metric_title,
    place_text,
    value_text,
    verdict_colour,
)
from slt_tui.readable import LOOKS
from slt_tui.samples import Sample
from slt_tui.terminal import columns, has_colours, has_unicode, painted

# A span is (kind, reference, hypothesis, gap).
_MARKS = {"equal": "{2}", "insert": "{{{2}}}", "replace": "{{{2}}}", "delete": "[{1}]"}
_NAME = 28  # columns for a run's name at the most
_GAP = "  "


class Cell(NamedTuple):
    text: str
    colour: str = ""
    right: bool = True


def print_comparison(comparison: Comparison, at: At | None) -> None:
    """Print a page: the runs, a table a metric, the settings that differ."""
    for line in _page(comparison, at):
        answer(line)


def print_translations(comparison: Comparison) -> None:
    """Print each clip's reference and what each run made of it: {put in}, [left out]."""
    answer("")
    answer(_bold("Translations") + "  {otherwise or too much}  [missing]")
    for clip_id, reference, samples in comparison.translations:
        label = "reference" if clip_id == reference else clip_id
        rows = [[Cell(label, right=False), Cell(""), Cell(reference, "bold", right=False)]]
        for name, sample in zip(_numbered(comparison), samples, strict=True):
            text = _marked(sample) if sample else "-"
            epoch = f"epoch {sample.epoch}" if sample else ""
            rows.append([Cell(name, right=False), Cell(epoch), Cell(text, right=False)])
        for line in _aligned(rows):
            answer(line)
        answer("")
    if not comparison.translations:
        answer("  nothing was translated yet")


def _marked(sample: Sample) -> str:
    spans = diff_text(sample.reference, sample.hypothesis)
    if not sample.hypothesis.strip():
        return "(nothing)"
    words = [_MARKS[span.kind].format(*span) for span in spans]
    return (spans[0].gap if spans else "").join(words)


def print_settings(names: Sequence[str], settings: Sequence[Setting]) -> None:
    """Print a table of settings; tab-separated into a pipe."""
    if sys.stdout.isatty():
        for line in _settings(names, settings):
            answer(line)
    else:
        rows = [_texts(names, setting) for setting in settings]
        answer_table(rows, ["setting", *names])


def _page(comparison: Comparison, at: At | None) -> Iterator[str]:
    yield from _runs(comparison)
    for scores in comparison.metrics:
        yield ""
        better = better_text(scores.metric)
        yield _bold(metric_title(scores)) + (f"  {better}" if better else "")
        yield from _aligned(_score_rows(comparison, scores, at))
    if not comparison.metrics:
        yield from ("", "No numbers yet.")
    yield ""
    if comparison.settings:
        yield _bold("Settings that differ")
        yield from _settings(_numbered(comparison), comparison.settings)
    else:
        yield "No setting differs."


def _runs(comparison: Comparison) -> Iterator[str]:
    rows = []
    for name, now, path in zip(_numbered(comparison), comparison.standings, comparison.paths, strict=True):
        look = LOOKS[now.state]
        glyph = look.glyph if has_unicode(sys.stdout) else look.ascii
        progress = f"epoch {now.status.epoch}/{now.status.epochs}" if now.status and now.status.epochs else ""
        rows.append(
            [
                Cell(name, right=False),
                Cell(f"{glyph} {now.state}", look.colour, right=False),
                Cell(progress, right=False),
                Cell(str(path), right=False),
            ]
        )
    yield from _aligned(rows)


def _numbered(comparison: Comparison) -> list[str]:
    return [f"{number} {_cut(name, _NAME)}" for number, name in enumerate(comparison.names, start=1)]


def _score_rows(comparison: Comparison, scores: MetricScores, at: At | None) -> Iterator[list[Cell]]:
    heading = [Cell(""), Cell("last"), Cell(""), Cell(""), Cell("best"), Cell("at"), Cell(""), Cell("")]
    if at:
        heading += [Cell(f"{at.axis} {at.place:,.0f}"), Cell(""), Cell("")]
    yield heading
    for name, row in zip(_numbered(comparison), scores.rows, strict=True):
        cells = [Cell(name, right=False), *_score_cells(scores.metric, row.last)]
        cells += [Cell(value_text(scores.metric, row.best)), Cell(place_text(row.best))]
        cells += _delta_cells(scores.metric, row.best)
        yield cells + (_score_cells(scores.metric, row.at) if at else [])


def _score_cells(metric: str, one: Score) -> list[Cell]:
    return [Cell(value_text(metric, one)), *_delta_cells(metric, one)]


def _delta_cells(metric: str, one: Score) -> list[Cell]:
    colour = verdict_colour(one)
    word = one.verdict if one.verdict in ("better", "worse") else ""
    return [Cell(delta_text(metric, one), colour), Cell(word, colour, right=False)]


def _settings(names: Sequence[str], settings: Sequence[Setting]) -> Iterator[str]:
    """A column a run; on a terminal that is too narrow for it, a line a run below each setting."""
    texts = [_texts(names, setting) for setting in settings]
    heading = [Cell("setting", right=False), *(Cell(name, right=False) for name in names)]
    table = [heading, *([Cell(text, right=False) for text in row.values()] for row in texts)]
    lines = list(_aligned(table))
    if not sys.stdout.isatty() or max(map(len, lines)) <= columns():
        yield from lines
        return
    for row in texts:
        key, *values = row.values()
        yield f"  {key}"
        yield from _aligned(
            [
                [Cell(f"  {name}", right=False), Cell(value, right=False)]
                for name, value in zip(names, values, strict=True)
            ]
        )


def _texts(names: Sequence[str], setting: Setting) -> dict[str, str]:
    values = (setting_text(setting.key, value) for value in setting.values)
    return {"setting": setting.key, **dict(zip(names, values, strict=True))}


def _aligned(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Rows with their columns below each other; a column that is empty in all of them takes no place."""
    table = [list(row) for row in rows]
    widths = [max(len(row[place].text) for row in table) for place in range(len(table[0]))] if table else []
    for row in table:
        cells = [_padded(cell, width) for cell, width in zip(row, widths, strict=True) if width]
        yield f"  {_GAP.join(cells)}".rstrip()


def _padded(cell: Cell, width: int) -> str:
    """A cell in so many columns; what is in a file does not write to the terminal."""
    cell = cell._replace(text="".join(char if char.isprintable() else "?" for char in cell.text))
    text = cell.text.rjust(width) if cell.right else cell.text.ljust(width)
    return painted(text, cell.colour) if cell.colour and has_colours(sys.stdout) else text


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}~"


def _bold(text: str) -> str:
    return painted(text, "bold") if has_colours(sys.stdout) else text
