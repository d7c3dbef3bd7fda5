"""What screens ask of the app and what the app tells them; the app alone knows the screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.message import Message


@dataclass(frozen=True)
class Origin:
    """What a new run begins from: at most one of a preset, a past run, a config file, a command line."""

    preset: str | None = None
    run: Path | None = None
    config: Path | None = None
    command: str | None = None


class RunOpened(Message):
    """Somebody chose a run to look at."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class RunsAsked(Message):
    """Something is wanted of runs."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self.paths = list(paths)


class CompareAsked(RunsAsked):
    """Runs are to be laid side by side."""


class StopAsked(RunsAsked):
    """Runs are to end after the step at hand, with a checkpoint."""


class KillAsked(RunsAsked):
    """Runs are to end at once."""


class RemoveAsked(RunsAsked):
    """Runs' directories are to be deleted."""


class TagAsked(RunsAsked):
    """Tags and notes of runs are to be changed."""


class ResumeAsked(Message):
    """A run is to go on from its last checkpoint."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class NewRunAsked(Message):
    """A run is to be built."""

    def __init__(self, origin: Origin | None = None) -> None:
        super().__init__()
        self.origin = origin or Origin()


class RunLaunched(Message):
    """A run was started from the form; ``command`` is the line that does the same."""

    def __init__(self, path: Path, command: str) -> None:
        super().__init__()
        self.path = path
        self.command = command


class DataOpened(Message):
    """Clips are to be looked at: those of a run's directory or of a --config file."""

    def __init__(self, source: Path | None = None, clip_id: str | None = None) -> None:
        super().__init__()
        self.source = source
        self.clip_id = clip_id


class CommandDone(Message):
    """Something was done that a command line does too."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class Problem(Message):
    """Something is wrong, in one line each."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.lines = list(lines)
