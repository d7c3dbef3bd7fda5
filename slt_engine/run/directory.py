"""RunDir: every path of a run in one place; creating, opening and listing runs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slt_engine.run.files import read_json, replace_file, replace_json

# A directory with one of these holds a run, or what is left of one.
_MARKS = ("config.json", "status.json", "metrics.jsonl", "last.pt", "best.pt")
_DEPTH = 3  # work_dirs/sweep/group/run


class RunError(Exception):
    """What is wrong with a run's directory, in one line that says what to do."""


@dataclass(frozen=True)
class RunDir:
    """A run's directory. Nothing is read or made until a method does."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def config(self) -> Path:
        return self.path / "config.json"

    @property
    def status(self) -> Path:
        return self.path / "status.json"

    @property
    def exit(self) -> Path:
        return self.path / "exit.json"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def notes(self) -> Path:
        return self.path / "notes.json"

    @property
    def stop(self) -> Path:
        return self.path / "stop"

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.jsonl"

    @property
    def steps(self) -> Path:
        return self.path / "steps.jsonl"

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def system(self) -> Path:
        return self.path / "system.jsonl"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def train_log(self) -> Path:
        return self.path / "logs" / "train.log"

    @property
    def console_log(self) -> Path:
        return self.path / "logs" / "console.log"

    @property
    def last(self) -> Path:
        return self.path / "last.pt"

    @property
    def best(self) -> Path:
        return self.path / "best.pt"

    @property
    def sources(self) -> Path:
        return self.path / "sources"

    @property
    def tokenizer(self) -> Path:
        return self.path / "tokenizer"

    @property
    def glosses(self) -> Path:
        return self.path / "glosses.json"

    @property
    def evals(self) -> Path:
        return self.path / "eval"

    @property
    def tensorboard(self) -> Path:
        return self.path / "tensorboard"

    @classmethod
    def create(cls, path: Path, document: Mapping[str, Any], sources: Mapping[str, str]) -> RunDir:
        """Lay out a run: its folders, ``sources`` (file name to text), and last of all config.json.

        Raises RunError where ``path`` holds a run already; it is left as it was.
        """
        run = cls(path)
        run.refuse_if_taken()
        run.logs.mkdir(parents=True, exist_ok=True)
        run.add_sources(sources)
        replace_json(run.config, document)
        return run

    @classmethod
    def open(cls, path: Path) -> RunDir:
        """The run at ``path``, which may be of another program. Raises RunError where there is none."""
        run = cls(path)
        if run.can_be_opened():
            return run
        if not path.is_dir():
            raise RunError(f"{path}: no such directory; `slt runs ls` lists the runs")
        raise RunError(
            f"{path}: holds no run (no config.json, no metrics.jsonl); `slt runs ls` lists the runs"
        )

    def can_be_opened(self) -> bool:
        """Whether there is something to look at: settings, or the numbers of any program."""
        return self.config.is_file() or self.metrics.is_file()

    def holds_run(self) -> bool:
        """Whether something is here that a new run would spoil."""
        return any((self.path / mark).exists() for mark in _MARKS)

    def refuse_if_taken(self) -> None:
        """Raise RunError if a run is here."""
        if self.holds_run():
            if not self.last.exists():
                raise RunError(
                    f"{self.path}: holds a run already, without a checkpoint to go on from; remove the directory, or "
                    "choose another --work-dir"
                )
            raise RunError(
                f"{self.path}: holds a run already; continue it with --resume, or choose another --work-dir"
            )

    def read_config(self) -> dict[str, Any]:
        """config.json as it stands. Raises RunError where it is missing or no mapping."""
        document = read_json(self.config)
        if isinstance(document, dict):
            return document
        what = "is not a JSON object" if self.config.exists() else "is missing"
        raise RunError(f"{self.config}: {what}; is this a run's directory?")

    def archive_config(self, document: Mapping[str, Any]) -> Path:
        """Put ``document`` in config.json's place and keep the older one as the next free config.N.json."""
        number = 1
        while (older := self.path / f"config.{number}.json").exists():
            number += 1
        replace_file(older, self.config.read_bytes())
        replace_json(self.config, document)
        return older

    def add_sources(self, sources: Mapping[str, str]) -> None:
        """Keep copies of the files that the settings came from; one of that name and another text stays."""
        for name, text in sources.items():
            self.sources.mkdir(exist_ok=True)
            replace_file(self._source_path(name, text.encode()), text.encode())

    def _source_path(self, name: str, data: bytes) -> Path:
        path, number = self.sources / Path(name).name, 1
        while path.exists() and path.read_bytes() != data:
            path = self.sources / f"{Path(name).stem}.{number}{Path(name).suffix}"
            number += 1
        return path

    def sweep(self) -> None:
        """Remove what a killed process left half written, and an old wish to stop; under the lock only."""
        for path in (self.stop, *self.path.glob("*.tmp")):
            path.unlink(missing_ok=True)


def list_runs(roots: Iterable[Path]) -> list[RunDir]:
    """Every run under ``roots``, each once, by path. A root that is missing holds none.

    Another program's directory is none: it is opened by its path, or imported.
    """
    found: dict[tuple[int, int], str] = {}
    for root in roots:
        for path in _runs_under(str(root), _DEPTH):
            with contextlib.suppress(OSError):  # gone meanwhile
                stat = os.stat(path)  # noqa: PTH116 - a thousand times a listing
                found.setdefault((stat.st_dev, stat.st_ino), path)
    return [RunDir(Path(path)) for path in sorted(found.values())]


def find_run(name: str, roots: Iterable[Path]) -> RunDir:
    """The run that ``name`` means: a path, or the end of one under ``roots``. Raises RunError."""
    if (run := RunDir(Path(name))).can_be_opened():
        return run
    runs = list_runs(roots)
    matches = [run for run in runs if run.path.parts[-len(Path(name).parts) :] == Path(name).parts]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise RunError(f"{name}: means any of {', '.join(str(run.path) for run in matches)}; give the path")
    raise RunError(f"{name}: no such run{_nearest(name, runs)}; `slt runs ls` lists them")


def _runs_under(directory: str, depth: int) -> Iterator[str]:
    if _looks_like_a_run(directory):
        yield directory
        return
    if depth == 0:
        return
    try:
        entries = os.scandir(directory)
    except OSError:
        return
    with entries:
        for entry in entries:
            if not entry.name.startswith(".") and _is_directory(entry):
                yield from _runs_under(entry.path, depth - 1)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _looks_like_a_run(directory: str) -> bool:
    """A model's folder has a config.json too; a run has had a lock or a status besides."""
    if not os.path.exists(f"{directory}/config.json"):  # noqa: PTH110 - a thousand times a listing
        return False
    return os.path.exists(f"{directory}/status.json") or os.path.exists(f"{directory}/lock")  # noqa: PTH110


def _nearest(name: str, runs: list[RunDir]) -> str:
    import difflib

    near = difflib.get_close_matches(name, [run.name for run in runs], n=1)
    return f" (did you mean {near[0]}?)" if near else ""
