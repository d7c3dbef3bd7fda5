"""How far an extraction is: a line on stderr for people, a small file for the data screen."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TextIO

from slt_engine.run.files import replace_json

_BAR = 24
_EVERY_S = {True: 0.1, False: 10.0}  # on a terminal, where the line is drawn over itself, and elsewhere
_FILE_EVERY_S = 0.5


class Meter:
    """Counts clips and frames; ``weights`` say how much of the work each clip is."""

    def __init__(
        self, weights: dict[str, float], *, done: int, file: Path, stream: TextIO | None = None
    ) -> None:
        self._weights, self._file, self._out = weights, file, stream or sys.stderr
        self._before, self.total = done, done + len(weights)
        self._all = sum(weights.values())
        self._over = 0.0
        self._frames, self._finished, self.failed = 0, 0, 0
        self._under_way: dict[str, tuple[float, int]] = {}
        self._began = time.monotonic()
        self._said = self._wrote = -1e9

    def goes_on(self, clip_id: str, *, share: float, frames: int) -> None:
        """``share`` of a clip is through, and ``frames`` of it are kept."""
        self._under_way[clip_id] = (share, frames)

    def is_over(self, clip_id: str, frames: int, *, failed: bool) -> None:
        self._under_way.pop(clip_id, None)
        self._over += self._weights[clip_id]
        self._frames += frames
        self._finished += 1
        self.failed += failed

    @property
    def frames(self) -> int:
        return self._frames + sum(frames for _, frames in self._under_way.values())

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.frames / max(1e-6, time.monotonic() - self._began)

    @property
    def share(self) -> float:
        """Of the work that was to be done."""
        parts = (self._weights[clip_id] * min(1.0, share) for clip_id, (share, _) in self._under_way.items())
        return min(1.0, (self._over + sum(parts)) / self._all) if self._all else 1.0

    @property
    def left_s(self) -> float | None:
        """Seconds to go, as far as can be told yet."""
        elapsed_s = time.monotonic() - self._began
        return elapsed_s * (1 - self.share) / self.share if self.share > 0.005 else None

    def show(self) -> None:
        """Draw the line and write the file, where it is time to."""
        now = time.monotonic()
        if now - self._wrote >= _FILE_EVERY_S:
            self._wrote = now
            replace_json(self._file, self.as_json())
        if now - self._said >= _EVERY_S[self._out.isatty()]:
            self._said = now
            self._say()

    def end(self) -> None:
        """The last line."""
        self._say()
        if self._out.isatty():
            self._out.write("\n")

    def as_json(self) -> dict[str, float | int | None]:
        return {
            "pid": os.getpid(),
            "done": self._before + self._finished,
            "total": self.total,
            "failed": self.failed,
            "share": round(self.share, 4),
            "frames": self.frames,
            "frames_per_s": round(self.rate, 1),
            "left_s": None if self.left_s is None else round(self.left_s),
        }

    def line(self) -> str:
        full = round(_BAR * self.share)
        left_s = self.left_s
        left = "-:--" if left_s is None else f"{int(left_s) // 60}:{int(left_s) % 60:02d}"
        failed = f"  {self.failed} failed" if self.failed else ""
        return (
            f"[{'#' * full}{'.' * (_BAR - full)}] {self._before + self._finished}/{self.total} clips{failed}  "
            f"{self.rate:.1f} frames/s  {left} left"
        )

    def _say(self) -> None:
        self._out.write(f"\r\033[K{self.line()}" if self._out.isatty() else self.line() + "\n")
        self._out.flush()
