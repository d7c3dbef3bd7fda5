"""What all runs have at the crosshair, or last, in one metric: with the differences to the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from slt_tui.comparison.live import LiveComparison
from slt_tui.comparison.scores import Score, against, direction, value_at
from slt_tui.comparison.wording import delta_text, value_text
from slt_tui.curves.settings import Parts
from slt_tui.palette import series_mark
from slt_tui.readable import title
from slt_tui.screens.compare.lines import flowed
from slt_tui.screens.compare.score_lines import sign_of
from slt_tui.series import Axis, Part, RunSeries, SeriesKey
from slt_tui.widgets.painted import Piece


class Looked(NamedTuple):
    """What is looked at in the curves; without a place, the latest values."""

    metric: str
    axis: Axis
    place: float | None
    parts: Parts


_LOOKS = {"better": "good", "worse": "error"}


def reading_lines(
    comparison: LiveComparison, looked: Looked, width: int, *, plain: bool
) -> list[list[Piece]]:
    """In lines of so many columns, with signs for the words where those have no room in one."""
    keys = [_key(series, looked) for series in comparison.series]
    scores = [_score(series, key, looked) for series, key in zip(comparison.series, keys, strict=True)]
    part = next((key.part for key in keys if key), "")
    where = "last" if looked.place is None else f"at {looked.axis} {looked.place:,.6g}"
    head: Piece = (f"{part} {title(looked.metric)} {where}".strip(), "muted")
    lines: list[list[Piece]] = []
    for words in (True, False):
        chips = _chips(comparison, looked.metric, scores, words=words, plain=plain)
        lines = flowed([[head], *chips], width)
        if len(lines) == 1:
            break
    return lines


def _chips(
    comparison: LiveComparison, metric: str, scores: Sequence[Score], *, words: bool, plain: bool
) -> Iterator[list[Piece]]:
    base = scores[comparison.baseline]
    for run, score in zip(comparison.runs, scores, strict=True):
        chip: list[Piece] = [(f"{series_mark(run.place)} ", f"run{run.place} strong")]
        chip.append((value_text(metric, score), ""))
        told = against(metric, score, base)
        if score is not base and told.delta is not None:
            word = told.verdict if told.verdict in _LOOKS else ""
            sign = f" {word}" if words else sign_of(told, plain=plain)
            chip.append((f" {delta_text(metric, told)}{sign}".rstrip(), _LOOKS.get(told.verdict, "muted")))
        yield chip


def _key(series: RunSeries, looked: Looked) -> SeriesKey | None:
    """Of what can be better, validation's series where it is shown; as the curves show it, by steps first."""
    order: tuple[Part, ...] = ("val", "", "train") if direction(looked.metric) else ("", "train", "val")
    shown = [part for part in order if looked.parts in ("both", part) or not part]
    found = [key for key in series.keys if key.metric == looked.metric]
    return next((key for part in shown for key in found if key.part == part), None)


def _score(series: RunSeries, key: SeriesKey | None, looked: Looked) -> Score:
    """At a place behind a run's last point it has no value."""
    if key is None:
        return Score()
    if looked.place is None:
        return Score(series.latest(key))
    points = series.points(key, looked.axis)
    is_behind = len(points.x) > 0 and looked.place > points.x[-1]
    found = None if is_behind else value_at(points, looked.place)
    return Score(*found, looked.axis) if found else Score()
