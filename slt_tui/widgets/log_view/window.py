"""LogWindow: which lines of a log are in sight, and how that moves."""

from __future__ import annotations

from slt_engine.run.log_file import LogFile, LogLine


class LogWindow:
    """``height`` lines of a log from ``top`` on; at the end it follows what is added."""

    def __init__(self, log: LogFile) -> None:
        self.log = log
        self.top = 0
        self.height = 1
        self.follows = True
        self.lines: list[LogLine] = []
        self._restarts = log.restarts
        self._size = 0  # the log's, when the lines were read

    @property
    def share(self) -> float:
        """How far down the window is, in bytes: 0 at the first line, 1 at the last."""
        if self.follows or not self.lines:
            return 1.0
        hidden = self.log.size - (self.lines[-1].end - self.top)
        return min(1.0, self.top / hidden) if hidden > 0 else 1.0

    def look(self) -> bool:
        """See what became of the log; whether it has changed."""
        if not self.log.look():
            return False
        if self.log.restarts != self._restarts:
            self._restarts, self.follows = self.log.restarts, True
        if self.follows or len(self.lines) < self.height or self.lines[-1].end >= self._size:
            self._read()
        return True

    def resize(self, height: int) -> None:
        """Show so many lines."""
        self.height = max(1, height)
        self._read()

    def up(self, count: int) -> None:
        """Towards the first line."""
        self._go(self.log.begin_before(self.top, count))

    def down(self, count: int) -> None:
        """Towards the last line, and on with it."""
        if not self.follows and self.lines:
            self._go(self.lines[count].begin if count < len(self.lines) else self.lines[-1].end)

    def to_first(self) -> None:
        """Show the first line."""
        self._go(0)

    def to_last(self) -> None:
        """Show the last line, and follow."""
        self._go(self.log.size)

    def to_share(self, share: float) -> None:
        """Show what lies that far down, in bytes."""
        self._go(self.log.begin_of_line(int(share * max(0, self.log.size - 1))))

    def show(self, line: LogLine) -> None:
        """Have ``line`` in sight, a third down where the window has to move."""
        if not (self.lines and self.top <= line.begin < self.lines[-1].end):
            self._go(self.log.begin_before(line.begin, self.height // 3))

    def _go(self, top: int) -> None:
        """Show the line at ``top`` first; a window that reaches the last line follows."""
        last = self.log.begin_before(self.log.size, self.height)
        self.top, self.follows = min(top, last), top >= last
        self._read()

    def _read(self) -> None:
        self._size = self.log.size
        if self.follows:
            self.top = self.log.begin_before(self.log.size, self.height)
        self.lines = self.log.lines(self.top, self.height)
