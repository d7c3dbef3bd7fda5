"""An extraction as the app starts and follows it: a process of its own, which goes on when nobody looks."""

from __future__ import annotations

import contextlib
import json
import shlex
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from slt_engine.run.files import read_json
from slt_tui.launch import start_engine

_RECORD = "extraction.json"
_PROGRESS = Path(".extracting", "progress.json")


@dataclass(frozen=True)
class Wish:
    """What is to be extracted, and how; what an earlier extraction left in ``out`` is gone on with."""

    videos: Path
    out: Path
    fps: float | None = None
    workers: int = 1
    face_blur: bool = False
    recursive: bool = False

    @property
    def words(self) -> list[str]:
        """The arguments of `slt data extract`."""
        options = [] if self.fps is None else ["--fps", f"{self.fps:g}"]
        options += [] if self.workers == 1 else ["--workers", str(self.workers)]
        switches = {
            "--face-blur": self.face_blur,
            "--recursive": self.recursive,
            "--resume": (self.out / _RECORD).is_file(),
        }
        return [
            *options,
            *(flag for flag, on in switches.items() if on),
            "--",
            str(self.videos),
            str(self.out),
        ]

    @property
    def command(self) -> str:
        """The command line that does the same."""
        words = self.words
        if not any(path.startswith("-") for path in words[-2:]):
            words.remove("--")
        return shlex.join(["slt", "data", "extract", *words])


@dataclass(frozen=True)
class Progress:
    """How far it is; ``left_s`` is None while that cannot be told."""

    done: int
    total: int
    failed: int
    share: float
    frames_per_s: float
    left_s: int | None


@dataclass(frozen=True)
class End:
    """What it came to: the summary as `--json` prints it, or the line that says why there is none."""

    code: int
    summary: dict[str, Any] | None
    complaint: str


class Extraction:
    """One that was started; the app keeps it while screens come and go."""

    def __init__(self, wish: Wish) -> None:
        self.wish, self.command = wish, wish.command
        self._answer: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this
        self._talk: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        words = ["extract", "--json", *wish.words]
        self._process: subprocess.Popen[bytes] = start_engine(words, stdout=self._answer, stderr=self._talk)
        self._end: End | None = None

    @property
    def is_over(self) -> bool:
        return self._process.poll() is not None

    def progress(self) -> Progress | None:
        """None before the first clip and after the last."""
        found = read_json(self.wish.out / _PROGRESS)
        if not isinstance(found, dict) or found.get("pid") != self._process.pid:
            return None
        with contextlib.suppress(KeyError, TypeError):
            return Progress(**{name: found[name] for name in Progress.__dataclass_fields__})
        return None

    def end(self) -> End | None:
        """None while it goes on."""
        if self._end is None and (code := self._process.poll()) is not None:
            summary = _parsed(_content(self._answer))
            lines = _content(self._talk).decode(errors="replace").strip().splitlines()
            self._end = End(code, summary, lines[-1] if lines and summary is None else "")
        return self._end

    def stop(self) -> None:
        """Ask it to end; what is complete stays."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)


def processed_beside(videos: Path) -> Path:
    """Where the contract's layout has what is extracted from ``videos``."""
    folder = videos.parent if videos.suffix else videos
    return folder.parent / "processed" if folder.name == "videos" else folder / "processed"


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _parsed(data: bytes) -> dict[str, Any] | None:
    with contextlib.suppress(ValueError):
        found = json.loads(data)
        return found if isinstance(found, dict) else None
    return None
