"""A program in a terminal of its own: what it shows, what it sends and when, what it costs."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from ptyprocess import PtyProcess

from tests.support.emulator import Emulator

# What programs ask of a terminal before they draw, and what a usual one says.
_ANSWERS = {
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b]10;?": b"\x1b]10;rgb:dddd/dddd/dddd\x07",
    b"\x1b]11;?": b"\x1b]11;rgb:0000/0000/0000\x07",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
}
_NOT_PASSED_ON = ("NO_COLOR", "COLUMNS", "LINES", "TMUX", "SLT_ASCII", "LC_ALL", "TEXTUAL")


class Chunk(NamedTuple):
    """Bytes that a program sent, and the second after its start in which they came."""

    at: float
    data: bytes


class Terminal:
    """Starts ``command`` in a terminal, follows what it draws, and ends it when the context is left."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        usual = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        own = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_PASSED_ON)}
        self.emulator = Emulator(columns, rows)
        self.chunks: list[Chunk] = []
        self._fed = 0
        self._came = threading.Condition()
        self._began = time.perf_counter()
        self.process = PtyProcess.spawn(
            [*command], cwd=cwd, env={**own, **usual, **(environment or {})}, dimensions=(rows, columns)
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self.process.isalive():
            self.process.kill(signal.SIGKILL)
        self._reader.join()
        self.process.close()

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._began

    @property
    def sent(self) -> bytes:
        """Everything that the program has sent."""
        return b"".join(chunk.data for chunk in self.chunks)

    @property
    def text(self) -> str:
        """What is on the screen."""
        while self._fed < len(self.chunks):
            self._feed_one()
        return self.emulator.text

    def press(self, keys: str) -> float:
        """Type ``keys``; the second in which that was."""
        at = self.now
        self.process.write(keys.encode())
        return at

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size."""
        _ = self.text
        self.emulator.resize(columns, rows)
        self.process.setwinsize(rows, columns)

    def wait_for(self, pattern: str, *, timeout_s: float = 20.0) -> float:
        """Wait until the screen shows ``pattern``; the second in which the bytes came that made it do so."""
        return self.wait_until(lambda text: bool(re.search(pattern, text)), pattern, timeout_s=timeout_s)

    def wait_until(self, holds: Callable[[str], bool], what: str = "", *, timeout_s: float = 20.0) -> float:
        """Wait until the screen's text is as ``holds`` wants it; the second of the bytes that made it so."""
        end = time.perf_counter() + timeout_s
        at = self.now
        while not holds(self.emulator.text):
            if self._fed < len(self.chunks):
                at = self._feed_one()
                continue
            assert time.perf_counter() < end, f"waited {timeout_s} s in vain for {what}:\n{self.text}"
            assert self._reader.is_alive(), f"ended before there was {what}:\n{self.text}"
            with self._came:
                self._came.wait(0.05)
        return at

    def next_bytes(self, after: float, *, timeout_s: float = 5.0) -> float:
        """The second in which the first bytes came after ``after``."""
        end = time.perf_counter() + timeout_s
        with self._came:
            while not (self.chunks and self.chunks[-1].at > after):
                assert time.perf_counter() < end, f"no byte in {timeout_s} s:\n{self.text}"
                self._came.wait(0.05)
        return next(chunk.at for chunk in self.chunks if chunk.at > after)

    def wait_for_quiet(self, quiet_s: float, *, timeout_s: float = 60.0) -> float:
        """Wait until nothing came for so long; the second of the last bytes before."""
        end = time.perf_counter() + timeout_s
        while self.now - (last := self.chunks[-1].at if self.chunks else 0.0) < quiet_s:
            assert time.perf_counter() < end, f"not quiet for {quiet_s} s in {timeout_s} s:\n{self.text}"
            with self._came:
                self._came.wait(quiet_s - (self.now - last) + 0.001)
        return last

    def wait_for_end(self, *, timeout_s: float = 20.0) -> int:
        """Wait until the program has ended; its exit code, or the negative number of the signal that ended it."""
        end = time.perf_counter() + timeout_s
        while self.process.isalive():
            assert time.perf_counter() < end, f"still there after {timeout_s} s:\n{self.text}"
            time.sleep(0.01)
        self._reader.join(timeout=5)
        return int(
            self.process.exitstatus if self.process.exitstatus is not None else -self.process.signalstatus
        )

    def _feed_one(self) -> float:
        chunk = self.chunks[self._fed]
        self._fed += 1
        self.emulator.feed(chunk.data)
        return chunk.at

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # Linux says so when the program has closed its end
            while data := os.read(self.process.fd, 1 << 16):
                with self._came:
                    self.chunks.append(Chunk(self.now, data))
                    self._came.notify_all()
                for question, answer in _ANSWERS.items():
                    if question in data:
                        os.write(self.process.fd, answer)
