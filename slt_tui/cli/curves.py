"""Runs' curves for the command line: which are asked for, as plots for a terminal or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from slt_engine.run.directory import RunDir, RunError
from slt_tui.chart.export import WRITERS, write_text
from slt_tui.chart.line import Line
from slt_tui.chart.plot import Plot
from slt_tui.chart.view import View
from slt_tui.cli.output import answer, talk
from slt_tui.cli.plot_text import Paper, draw_plot
from slt_tui.curves.course import CurveRun, Smoothed, lines_of, metrics_of
from slt_tui.curves.settings import Settings
from slt_tui.numbers import loaded
from slt_tui.palette import series_colour
from slt_tui.readable import title
from slt_tui.series import Grain

By = Literal["epoch", "step", "time"]
USUAL = ("loss", "perplexity", "cer")


def draw_run(run: RunDir, paper: Paper, *, by: By | None = None, metrics: Sequence[str] | None = None) -> str:
    """The charts of a run, or of another program's file. Raises RunError where there is nothing to draw."""
    return draw_plots(plots_of([run], by=by, metrics=metrics), paper)


def draw_plots(plots: Sequence[Plot], paper: Paper) -> str:
    """Charts below each other."""
    return "\n\n".join(draw_plot(plot, paper) for plot in plots)


def write_plots(plots: Sequence[Plot], files: Mapping[str, Path | None]) -> bool:
    """Write the plots to the files that there are, by kind; whether there was any. ``-`` is the standard output."""
    named = {kind: path for kind, path in files.items() if path}
    for kind, path in named.items():
        text = WRITERS[kind](plots)
        if str(path) == "-":
            answer(text.rstrip("\n"))
        else:
            write_text(path, text)
            talk(f"written: {path}")
    return bool(named)


def plots_of(
    runs: Sequence[RunDir],
    *,
    by: By | None = None,
    metrics: Sequence[str] | None = None,
    smoothing: float = 0.0,
    y_log: bool = False,
) -> list[Plot]:
    """A plot a metric; by steps where nothing is said and no run has epochs. Raises RunError for an empty one."""
    curve_runs = [
        CurveRun(_name(run.path), loaded(run.path), series_colour(place)) for place, run in enumerate(runs)
    ]
    grains = {key.grain for run in curve_runs for key in run.series.keys}
    by = by or ("epoch" if "epoch" in grains or not grains else "step")
    first: Grain = "epoch" if by == "epoch" else "step"
    settings, smoothed = Settings(axis=by, smoothing=smoothing), Smoothed()
    lines = {
        name: lines_of(curve_runs, name, settings, smoothed, first=first) for name in metrics_of(curve_runs)
    }
    drawn = {name: of for name, of in lines.items() if any(_has_value(line) for line in of)}
    where = ", ".join(str(_journal(run, by)) for run in runs)
    if not drawn or (by in ("epoch", "step") and by not in grains):
        raise RunError(f"{where}: no {by} yet, so there is nothing to draw")
    if missing := [name for name in metrics or () if name not in drawn]:
        raise RunError(f"{where}: no {', '.join(missing)} in it; there is {', '.join(drawn)}")
    wanted = metrics or [name for name in USUAL if name in drawn] or list(drawn)[: len(USUAL)]
    return [Plot(drawn[name], View(y_log=y_log), title(name), name, by) for name in wanted]


def _journal(run: RunDir, by: By) -> Path:
    return run.path if run.path.is_file() else run.metrics if by == "epoch" else run.steps


def _name(path: Path) -> str:
    return path.resolve().name


def _has_value(line: Line) -> bool:
    return bool((line.points.y == line.points.y).any())
