"""The files of a run's directory: names, sizes, ages, and of checkpoints the epoch that they are from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from slt_engine.run.record import Row

MOST = 2000  # a directory with more is listed in part
_TEXTS = frozenset({".json", ".jsonl", ".yaml", ".yml", ".log", ".txt", ".csv", ".md", ".toml", ".tsv", ""})


class RunFile(NamedTuple):
    """A file by its path within the directory."""

    name: str
    size: int
    modified: float
    note: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it can be read on a screen, as its name has it."""
        return Path(self.name).suffix in _TEXTS


def run_files(path: Path, events: Iterable[Row]) -> list[RunFile]:
    """The files below ``path`` by name, those of the directory itself first."""
    notes = {str(row.get("path")): _where(row) for row in events if row.get("kind") == "checkpoint"}
    found = []
    for name, stat in _walk(path):
        found.append(RunFile(name, stat.st_size, stat.st_mtime, notes.get(name, "")))
        if len(found) == MOST:
            break
    return sorted(found, key=lambda file: ("/" in file.name, file.name))


def _where(row: Row) -> str:
    step = row.get("step")
    return f"epoch {row.get('epoch')}" + (f", step {step:,}" if isinstance(step, int) else "")


def _walk(path: Path) -> Iterator[tuple[str, os.stat_result]]:
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            try:
                yield str(file.relative_to(path)), file.stat()
            except OSError:  # it went meanwhile
                continue
