"""A plot as a file: SVG, CSV or JSON, by the name's ending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from slt_engine.run.directory import RunError
from slt_tui.chart.plot import Plot
from slt_tui.chart.svg import to_svg
from slt_tui.chart.table import to_csv, to_json


def export_plot(plot: Plot, path: Path) -> None:
    """Write what the plot shows. Raises RunError where the ending or the place is none to write to."""
    write_text(path, writer_for(path)([plot]))


def writer_for(path: Path) -> Callable[[Sequence[Plot]], str]:
    """What makes the text of a file with that ending."""
    if path.suffix.lower() not in WRITERS:
        raise RunError(f"{path}: name a file that ends in {', '.join(WRITERS)}")
    return WRITERS[path.suffix.lower()]


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise RunError(f"{path}: {error.strerror or error}") from error


WRITERS: dict[str, Callable[[Sequence[Plot]], str]] = {".svg": to_svg, ".csv": to_csv, ".json": to_json}
