"""Where numbers come from: journals that grow, and files that are replaced as a whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from slt_engine.run.files import read_bytes
from slt_engine.run.growth import Growth
from slt_engine.run.journal import loads_or_none, parse_rows
from slt_engine.run.record import Row
from slt_tui.series.table import Table

_BLOCK = 1 << 16  # bytes at a time: what comes of them stays in the processor's cache, and slices stay short
_ROWS = 2048


class Source(Protocol):
    """A file whose numbers are read on in pieces; no fault of the file raises."""

    table: Table
    is_behind: bool

    @property
    def extent(self) -> tuple[int, int]:
        """How much is read, of how much."""

    def read(self) -> bool:
        """Read a piece on; whether the table changed. Another table may have taken its place."""


class JournalSource:
    """Any program's JSON lines."""

    def __init__(self, path: Path) -> None:
        self.table = Table()
        self.is_behind = True
        self._growth = Growth(path)
        self._restarts = 0

    @property
    def extent(self) -> tuple[int, int]:
        return self._growth.position, self._growth.size

    def read(self) -> bool:
        lines = self._lines()
        changed = self._restarts != self._growth.restarts
        if changed:
            self._restarts, self.table = self._growth.restarts, Table()
        if not lines:
            return changed
        position, size = self.extent
        return self.table.add(parse_rows(lines), share=position / size) or changed

    def _lines(self) -> bytes:
        try:
            lines = self._growth.read(_BLOCK)
        except OSError:  # the share is gone, or what is there is no file: what was read stays
            lines = b""
        self.is_behind = bool(lines) and self._growth.is_behind
        return lines


class StateSource:
    """Hugging Face's trainer_state.json: its ``log_history``, read anew when the file changed."""

    def __init__(self, path: Path) -> None:
        self.table = Table()
        self.is_behind = True
        self._path = path
        self._seen: tuple[int, ...] = ()
        self._rows: list[Row] = []
        self._taken = 0

    @property
    def extent(self) -> tuple[int, int]:
        return self._taken, len(self._rows)

    def read(self) -> bool:
        changed = self._look()
        piece = self._rows[self._taken : self._taken + _ROWS]
        self._taken += len(piece)
        self.is_behind = self._taken < len(self._rows)
        return self.table.add(piece) or changed

    def _look(self) -> bool:
        """Read the file where it changed; half a file changes nothing."""
        try:
            stat = os.stat(self._path)  # noqa: PTH116 - at every poll
            seen = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if seen == self._seen:
                return False
            document = loads_or_none(read_bytes(self._path))
        except OSError:
            return False
        self._seen = seen
        history = document.get("log_history") if isinstance(document, dict) else None
        if not isinstance(history, list):
            return False
        self._rows = [row for row in history if isinstance(row, dict) and not _is_summary(row)]
        self.table, self._taken = Table(), 0
        return True


def _is_summary(row: Row) -> bool:
    """The last row tells means over the whole training, which are no points of a curve."""
    return "train_runtime" in row


def sources_of(path: Path) -> list[Source]:
    """What there is to read at a path: a run's directory, any with a metrics.jsonl, a journal, a trainer's state."""
    if path.suffix == ".json":
        return [StateSource(path)]
    if path.suffix == ".jsonl" or path.is_file():
        return [JournalSource(path)]
    state = path / "trainer_state.json"
    if state.is_file() and not (path / "metrics.jsonl").exists():
        return [StateSource(state)]
    return [JournalSource(path / "metrics.jsonl"), JournalSource(path / "steps.jsonl")]
