"""RunCatalogue: every run under the roots and what has changed, at next to no cost where nothing has.

A run at rest changes only by files being put in its place, which its directory's time tells: one `stat`. Only runs
at work are read every time. New runs show in the time of the directory that they are made in.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from slt_engine.run.directory import RunDir, list_runs
from slt_engine.run.logs import last_lines
from slt_tui.run_entry import RunEntry, read_entry

_STATS = 300  # a poll: a thousand runs at rest are all looked at within four
_SETTLED_S = 5.0  # a directory that changed a moment ago may be a run in the making
_GRAIN_S = 0.1  # of a file system's clock, generously
_SCAN_S = 10.0  # everything is searched so often, for runs where nobody expects them
_PAUSES, _QUIET_PAUSES = 5, 50  # a slow disk rests that many times as long as a search takes, at the least


class RunCatalogue:
    """``entries`` are those of all runs that have been read, by path: a new list with every change.

    ``poll`` may be called in a thread of its own; the rest only sets what the next one looks at.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = list(roots)
        self.entries: list[RunEntry] = []
        self.log_line = ""  # the last of the run that is attended to
        self.attended: Path | None = None
        self._asked: list[Path] = []
        self._has_changed = False
        self._at_work: set[str] = set()
        self._runs: dict[str, RunDir] = {}
        self._entries: dict[str, RunEntry] = {}
        self._seen: dict[str, int] = {}  # the times of the directories of runs and of what they lie in
        self._unread: list[str] = []  # the latest last
        self._turn: list[str] = []  # what is still to be looked at in this round
        self._next_scan = self._soonest_scan = 0.0

    @property
    def is_behind(self) -> bool:
        """Whether runs are known that have not been read yet."""
        return bool(self._unread)

    def poll(self, budget_s: float = 0.25) -> bool:
        """Look for what has changed, and whether anything has; unread runs are read for about so long."""
        deadline = time.monotonic() + budget_s
        asked, self._asked = self._asked, []
        if asked or self._is_scan_due():
            self._scan()
        for path in self._at_work | ({str(path) for path in asked} & self._runs.keys()):
            self._read(path)
        self._look_around()
        while self._unread and time.monotonic() < deadline:
            self._read(self._unread.pop())
        has_changed, self._has_changed = self._has_changed, False
        if has_changed:
            self.entries = [self._entries[path] for path in self._runs if path in self._entries]
        return self._read_log() or has_changed

    def look_again(self, paths: Iterable[Path]) -> None:
        """These runs are read with the next poll, and new ones found, whatever the directories say."""
        self._asked = [*self._asked, *paths]

    def attend(self, path: Path | None) -> None:
        """From the next poll on, ``log_line`` is of this run."""
        self.attended = path

    def _is_scan_due(self) -> bool:
        clock, now = time.monotonic(), time.time()
        if clock >= self._next_scan:
            return True
        return clock >= self._soonest_scan and any(self._is_fresh(str(root), now) for root in self.roots)

    def _is_fresh(self, place: str, now: float) -> bool:
        """Whether runs may have come or gone in a directory."""
        changed = _changed_ns(place)
        return changed != self._seen.get(place) or 0 <= now - changed / 1e9 < _SETTLED_S

    def _scan(self) -> None:
        """Find every run anew."""
        began = time.monotonic()
        places = {str(root): _changed_ns(str(root)) for root in self.roots}
        runs = {str(run.path): run for run in list_runs(self.roots)}
        for path in self._runs.keys() - runs.keys():
            self._drop(path)
        self._unread = [path for path in self._unread if path in runs]
        self._unread += sorted(runs.keys() - self._runs.keys(), key=_changed_ns)
        groups = {os.path.dirname(path) for path in runs} - runs.keys()  # noqa: PTH120 - a thousand times a scan
        for place in groups - places.keys():
            places[place] = _changed_ns(place)
        self._seen = {path: seen for path, seen in self._seen.items() if path in runs} | places
        self._runs = runs
        ended = time.monotonic()
        self._soonest_scan = ended + _PAUSES * (ended - began)
        self._next_scan = ended + max(_SCAN_S, _QUIET_PAUSES * (ended - began))

    def _look_around(self) -> None:
        """Look at the next of the directories, and read on where one has changed."""
        if not self._turn:
            self._turn = list(self._seen)
        now = time.time()
        turn, self._turn = self._turn[:_STATS], self._turn[_STATS:]
        for path in turn:
            if path not in self._runs:
                if self._is_fresh(path, now):
                    self._next_scan = 0.0
            elif path in self._entries and _changed_ns(path) != self._seen.get(path):
                self._read(path)

    def _read(self, path: str) -> None:
        """Read a run; one that is gone is dropped."""
        changed = _changed_ns(path)
        if not changed:
            self._drop(path)
            return
        # Within the clock's grain, what comes after this look could leave the same time.
        self._seen[path] = changed if time.time() - changed / 1e9 > _GRAIN_S else -1
        before = self._entries.get(path)
        entry = read_entry(self._runs[path], before.label if before else self._label(path))
        if entry != before:
            self._entries[path] = entry
            self._has_changed = True
        (self._at_work.add if entry.is_at_work else self._at_work.discard)(path)

    def _drop(self, path: str) -> None:
        self._has_changed |= self._entries.pop(path, None) is not None
        self._runs.pop(path, None)
        self._seen.pop(path, None)
        self._at_work.discard(path)

    def _label(self, path: str) -> str:
        """The path under its root, whose name it begins with where there are several."""
        for root in self.roots:
            if Path(path).is_relative_to(root):
                label = str(Path(path).relative_to(root))
                if label == ".":
                    return Path(path).resolve().name
                return f"{root.resolve().name}/{label}" if len(self.roots) > 1 else label
        return path

    def _read_log(self) -> bool:
        """The last line of the log of the run that is attended to; whether it is another."""
        before, path = self.log_line, self.attended
        self.log_line = _last_line(RunDir(path)) if path else ""
        return self.log_line != before


def _last_line(run: RunDir) -> str:
    try:
        lines = last_lines(run.train_log, 1) or last_lines(run.console_log, 1)
    except OSError:
        return ""
    return lines[-1].strip() if lines else ""


def _changed_ns(path: str) -> int:
    """When something was last put into a directory; 0 where there is none."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - a thousand times a second
    except OSError:
        return 0
