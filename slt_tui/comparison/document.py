"""A whole comparison, as both faces show it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.journal import read_rows
from slt_engine.run.standing import Standing, standing
from slt_tui.comparison.labels import labels
from slt_tui.comparison.scores import At, MetricScores, Score, compare_scores, direction
from slt_tui.comparison.settings import ABSENT, Setting, differing_settings
from slt_tui.comparison.translations import Side, side_by_side
from slt_tui.numbers import loaded
from slt_tui.samples import Samples


@dataclass(frozen=True)
class Comparison:
    """Runs in the order in which they were named; the first is the one that the others are held against."""

    paths: list[Path]
    names: list[str]
    standings: list[Standing]
    metrics: list[MetricScores]
    settings: list[Setting]
    translations: list[Side]


def compare(paths: Sequence[Path], *, metrics: Sequence[str] = (), at: At | None = None) -> Comparison:
    """Read the runs and hold them side by side. Raises RunError for a metric that none has."""
    runs = [loaded(path) for path in paths]
    scores = compare_scores(runs, metrics=metrics, at=at)
    if metrics and not scores:
        there = dict.fromkeys(metric for run in runs for metric in run.metrics)
        raise RunError(
            f"--metric {', '.join(metrics)}: in none of the runs; there is {', '.join(there) or 'nothing'}"
        )
    standings = [standing_of(path) for path in paths]
    epoch = round(at.place) if at and at.axis == "epoch" else None
    sides = side_by_side([read_samples(path) for path in paths], epoch)
    documents = [read_document(path) for path in paths]
    return Comparison(list(paths), labels(paths), standings, scores, differing_settings(documents), sides)


def standing_of(path: Path) -> Standing:
    """Where a run stands; a file of another program does not say."""
    return Standing("foreign") if path.is_file() else standing(RunDir(path))


def read_document(path: Path) -> dict[str, Any]:
    """A run's config.json; empty where there is none that can be read."""
    try:
        return RunDir(path).read_config()
    except (RunError, OSError):
        return {}


def read_samples(path: Path) -> Samples:
    """A run's translations; none where there is no events.jsonl that can be read."""
    samples = Samples()
    with contextlib.suppress(OSError):
        for row in read_rows(RunDir(path).events):
            samples.take(row)
    return samples


def as_document(comparison: Comparison) -> dict[str, Any]:
    """For --json."""
    return {
        "runs": [
            {"name": name, "path": str(path), "state": now.state}
            for name, path, now in zip(comparison.names, comparison.paths, comparison.standings, strict=True)
        ],
        "metrics": [
            {
                "metric": metric,
                "part": part,
                "better": direction(metric) or None,
                "runs": [{key: _score(score) for key, score in row._asdict().items()} for row in rows],
            }
            for metric, part, rows in comparison.metrics
        ],
        "settings": settings_document(comparison.settings),
        "translations": [
            {
                "clip_id": clip_id,
                "reference": reference,
                "runs": [
                    {"epoch": sample.epoch, "hypothesis": sample.hypothesis} if sample else None
                    for sample in samples
                ],
            }
            for clip_id, reference, samples in comparison.translations
        ],
    }


def settings_document(settings: Sequence[Setting]) -> list[dict[str, Any]]:
    """For --json; what a run's config.json does not know is null."""
    return [
        {"key": key, "values": [None if value is ABSENT else value for value in values]}
        for key, values in settings
    ]


def _score(score: Score) -> dict[str, Any] | None:
    if score.value is None:
        return None
    told = {"value": score.value, score.axis: score.place}
    return told if score.delta is None else {**told, "delta": score.delta, "verdict": score.verdict or None}
