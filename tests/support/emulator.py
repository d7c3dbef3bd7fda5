"""What a terminal shows of the bytes that a program sends: pyte's emulator, without what pyte stumbles over."""

from __future__ import annotations

import re

import pyte

# Private sequences and device control strings, which pyte would draw as text; synchronised output it ignores.
_UNREAD = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[[0-9;?]*\$[a-zA-Z]|\x1b[P_^X].*?(?:\x1b\\|\x07)", re.DOTALL
)
_REPEAT = re.compile(rb"([ -~])\x1b\[(\d+)b")
_COMPLETE = re.compile(
    rb"\x1b(\[[0-9;:<=>?$ ]*[@-~]|\].*?(\x07|\x1b\\)|[P_^X].*?\x1b\\|[()#%].|[0-Z\\^-~])", re.DOTALL
)


class Emulator:
    """The screen that ``feed`` draws on."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Draw what a program sent; a sequence that is cut in two waits for its end."""
        data, self._rest = _cut(self._rest + data)
        data = _REPEAT.sub(lambda match: match[1] * (1 + int(match[2])), _UNREAD.sub(b"", data))
        self._stream.feed(data)

    def resize(self, columns: int, rows: int) -> None:
        """Another size of the window."""
        self.screen.resize(rows, columns)

    @property
    def text(self) -> str:
        """The lines of the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """The bytes up to the last sequence, if that is not complete, and the rest."""
    last = data.rfind(b"\x1b")
    if last > 0 and data[last + 1 : last + 2] in (b"\\", b""):  # the end of a string, or half of it
        last = data.rfind(b"\x1b", 0, last) if data[last - 1 : last] != b"\x1b" else last
    if last < 0 or _COMPLETE.match(data, last):
        return data, b""
    return data[:last], data[last:]
