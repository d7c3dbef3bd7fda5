"""All numbers of a run at once, for commands that read them and are done."""

from __future__ import annotations

from pathlib import Path

from slt_tui.series import RunSeries


def loaded(path: Path) -> RunSeries:
    """The series of a run, of a directory with a metrics.jsonl, or of such a file, read to its end."""
    series = RunSeries(path)
    series.load()
    while series.is_behind:
        series.load()
    return series
