"""What a program and those that it started cost."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

import psutil


def peak_mb(pid: int) -> float:
    """The most memory that a process or one that it started has held, the largest of them, in MB."""
    return max(_peak_bytes(process) for process in _family(pid)) / 1e6


def cpu_percent(pid: int, seconds: float) -> float:
    """The share of one core that a process and those that it started take for so long."""
    before = _cpu_s(pid)
    time.sleep(seconds)
    return 100 * (_cpu_s(pid) - before) / seconds


def _family(pid: int) -> list[psutil.Process]:
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def _peak_bytes(process: psutil.Process) -> int:
    with contextlib.suppress(OSError):
        if found := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text()):
            return 1024 * int(found[1])
    return 0


def _cpu_s(pid: int) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in _family(pid))
