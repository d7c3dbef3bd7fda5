"""Draws the README's pictures from the real commands and the real app, over real runs; makes those that are missing.

    python -m screenshots.render [NAME ...]

NAME is a scene of scenes.py; without one everything is drawn.
"""

from __future__ import annotations

import os
import subprocess
import sys
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

from screenshots.app_pictures import draw_app
from screenshots.runs import HOME, prepare

HERE = Path(__file__).resolve().parent
WIDTH = 100


def main() -> None:
    """Draw the scenes that are named, or everything."""
    prepare()
    if not (names := sys.argv[1:]):
        draw(HERE / "demo.svg", ["demo", "--show", "work_dirs/demo"])
    draw_app(HERE, names)


def draw(path: Path, words: list[str]) -> None:
    """Run ``slt words`` and write what a terminal shows of it as an SVG."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(captured(words)))
        path.write_text(console.export_svg(title=f"slt {' '.join(words)}"), encoding="utf-8")
    print(path)


def captured(words: list[str]) -> str:
    """What ``slt words`` prints on a terminal of WIDTH columns."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (45, WIDTH))
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
    process = subprocess.Popen(
        [sys.executable, "-m", "slt_tui", *words],
        cwd=HOME,
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**environment, "TERM": "xterm-256color", "PYTHONUTF8": "1"},
    )
    os.close(theirs)
    text = b"".join(iter(lambda: _read(ours), b""))
    process.wait()
    os.close(ours)
    return text.decode().replace("\r\n", "\n").rstrip()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # Linux says so when the last writer has closed the other end
        return b""


if __name__ == "__main__":
    main()
