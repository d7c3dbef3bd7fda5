"""Opening something in a terminal of 160 x 45: when it is of use, when it is whole, what it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.costs import peak_mb
from tests.support.terminal import Terminal

COLUMNS, ROWS = 160, 45
_QUIET_S = 1.0


class Opening(NamedTuple):
    """Seconds from the start until the first bytes, the first useful screen and the last change; the peak in MB."""

    first_s: float
    useful_s: float
    whole_s: float
    memory_mb: float


def open_in_terminal(
    command: Sequence[str],
    *,
    useful: str,
    whole: str,
    timeout_s: float = 120.0,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Opening:
    """Start a program that comes to rest; ``useful`` and ``whole`` are patterns on its screen.

    It is whole at the last bytes that it sends before it falls silent with the pattern on its screen. The screen is
    emulated in silence only, as that takes a core from the program.
    """
    with Terminal(command, columns=COLUMNS, rows=ROWS, environment=environment, cwd=cwd) as terminal:
        useful_s = terminal.wait_for(useful, timeout_s=timeout_s)
        whole_s = terminal.wait_for_quiet(_QUIET_S, timeout_s=timeout_s)
        while not re.search(whole, terminal.text):
            assert terminal.now < timeout_s, f"{timeout_s} s in vain for {whole}:\n{terminal.text}"
            terminal.next_bytes(whole_s, timeout_s=timeout_s)
            whole_s = terminal.wait_for_quiet(_QUIET_S, timeout_s=timeout_s)
        return Opening(terminal.chunks[0].at, useful_s, whole_s, peak_mb(terminal.pid))
