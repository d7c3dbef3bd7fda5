"""Draws the README's pictures: runs the real commands in a terminal of a fixed size and keeps what they print.

    python screenshots/render.py [RUN]

RUN is a finished run of `slt demo` (default work_dirs/demo); `make screenshots` trains one first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).resolve().parent
WIDTH = 100
SHOTS = {
    "demo": ["demo", "--show"],
    "plot": ["runs", "plot"],
    "show": ["runs", "show"],
}


def main() -> None:
    """Draw every picture from one run."""
    run = sys.argv[1] if len(sys.argv) > 1 else "work_dirs/demo"
    for name, words in SHOTS.items():
        draw(HERE / f"{name}.svg", [*words, run])
    draw(HERE / "runs.svg", ["runs", "ls"])
    draw(HERE / "doctor.svg", ["doctor"])


def draw(path: Path, words: list[str]) -> None:
    """Run ``slt words`` and write what it printed as an SVG."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "LINES": "45", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "slt_tui", *words],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"), force_terminal=True)  # noqa: PTH123, SIM115
    console.print(Text.from_ansi(done.stdout))
    path.write_text(console.export_svg(title=f"slt {' '.join(words)}"), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
