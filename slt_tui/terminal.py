"""What a stream can show: colours, characters beyond ASCII, how many columns."""

from __future__ import annotations

import os
import shutil
from typing import TextIO

_COLOURS = {
    "bright_black": "90",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "bold": "1",
}


def has_colours(stream: TextIO) -> bool:
    """Whether colours are wanted: on a terminal that has them, unless NO_COLOR says otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def has_unicode(stream: TextIO) -> bool:
    """Whether glyphs and braille arrive as they are."""
    return (stream.encoding or "ascii").lower().replace("-", "").startswith("utf")


def columns(default: int = 80) -> int:
    """The terminal's width."""
    return shutil.get_terminal_size((default, 24)).columns


def painted(text: str, colour: str) -> str:
    """``text`` in a colour, by the codes that every terminal knows."""
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"
