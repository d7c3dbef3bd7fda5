"""What a pane of the comparison shows, as rows for a file."""

from __future__ import annotations

import io
import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from slt_engine.run.files import replace_file
from slt_engine.run.record import Row
from slt_tui.comparison.live import LiveComparison
from slt_tui.comparison.scores import At, compare_scores
from slt_tui.comparison.settings import ABSENT, differing_settings
from slt_tui.comparison.translations import side_by_side
from slt_tui.exporting import kind_of, write_table
from slt_tui.screens.compare.panes import Pane

_TABLES = (".csv", ".json", ".jsonl", ".md")
SUFFIXES: dict[Pane, tuple[str, ...]] = {
    "curves": (".svg", ".csv", ".json"),
    "table": _TABLES,
    "settings": _TABLES,
    "translations": _TABLES,
}
# The command lines that tell the same of a table.
_TOLD: dict[Pane, str] = {"table": "", "settings": "", "translations": " --translations"}


def command_of(pane: Pane, runs: Sequence[Path], path: Path, at: At | None) -> str:
    """The command line that writes what a pane shows of the runs to ``path``."""
    names, to = shlex.join(map(str, runs)), shlex.quote(str(path))
    if pane == "curves":
        return f"slt runs plot {names} --{path.suffix[1:]} {to}"
    place = f" --at-epoch {at.place:g}" if at and pane == "table" else ""
    return f"slt runs compare {names}{_TOLD[pane]}{place} --json > {to}"


def refusal_of(pane: Pane, path: Path) -> str:
    """What is wrong with a path to write to, or nothing."""
    if path.suffix not in SUFFIXES[pane]:
        return f"the name ends in one of {', '.join(SUFFIXES[pane])}"
    return f"{path}: is there already" if path.exists() else ""


def rows_of(pane: Pane, comparison: LiveComparison, at: At | None) -> list[Row]:
    """The rows of the table, the settings or the translations."""
    return list(_ROWS[pane](comparison, at))


def export_rows(rows: list[Row], path: Path) -> None:
    """Write rows to a file, by its name's ending. Raises RunError, OSError."""
    text = io.StringIO()
    write_table(rows, text, kind_of(path))
    replace_file(path, text.getvalue().encode())


def _score_rows(comparison: LiveComparison, at: At | None) -> Iterator[Row]:
    for scores in compare_scores(comparison.series, at=at, baseline=comparison.baseline):
        for run, row in zip(comparison.runs, scores.rows, strict=True):
            for what, one in row._asdict().items():
                if one.value is not None:
                    place = {"what": what, "axis": one.axis, "place": one.place}
                    told = {"value": one.value, "delta": one.delta, "verdict": one.verdict}
                    yield {"metric": scores.metric, "part": scores.part, "run": run.name, **place, **told}


def _setting_rows(comparison: LiveComparison, _: At | None) -> Iterator[Row]:
    for key, values in differing_settings(comparison.documents):
        named = zip(comparison.runs, values, strict=True)
        yield {"setting": key, **{run.name: None if value is ABSENT else value for run, value in named}}


def _translation_rows(comparison: LiveComparison, at: At | None) -> Iterator[Row]:
    epoch = round(at.place) if at else None
    for side in side_by_side([run.samples for run in comparison.runs], epoch):
        for run, sample in zip(comparison.runs, side.samples, strict=True):
            if sample:
                texts = {"reference": side.reference, "hypothesis": sample.hypothesis}
                yield {"clip": side.clip_id, "run": run.name, "epoch": sample.epoch, **texts}


_ROWS: dict[Pane, Callable[[LiveComparison, At | None], Iterator[Row]]] = {
    "table": _score_rows,
    "settings": _setting_rows,
    "translations": _translation_rows,
}
