"""Which data sets there are to look at: those in data/, and those that runs were trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from slt_engine.clips.errors import DataError
from slt_engine.run.directory import list_runs
from slt_tui.clip_reading.sources import ClipSources

PLACE = Path("data")
_MOST_RUNS = 50  # each settings file takes about a millisecond


class Found(NamedTuple):
    """A data set: what opens it, and where it was found."""

    source: Path
    where: str


def find_data_sets(roots: Sequence[Path], place: Path = PLACE) -> list[Found]:
    """Data sets under ``place`` and those of runs under ``roots``, each once."""
    found: dict[tuple[Path | None, ...], Found] = {}
    for entry in (*_in_place(place), *_of_runs(roots)):
        try:
            sources = ClipSources.of(entry.source)
        except DataError:
            continue
        files = (sources.metadata_csv, sources.keypoints_dir, sources.pose_dir)
        found.setdefault(tuple(path and path.resolve() for path in files), entry)
    return list(found.values())


def _in_place(place: Path) -> Iterator[Found]:
    for folder in sorted(place.iterdir()) if place.is_dir() else ():
        if folder.is_dir():
            config = folder / "demo.yaml"
            yield Found(config if config.is_file() else folder, "data set")


def _of_runs(roots: Sequence[Path]) -> Iterator[Found]:
    for run in list_runs(roots)[:_MOST_RUNS]:
        yield Found(run.path, "run")
