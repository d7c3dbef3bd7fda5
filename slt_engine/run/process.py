"""Which process is meant: pid, start time, boot and host together, because pids are used again."""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from slt_engine.run.files import read_bytes

# Two readings of one start differ by less; elsewhere than on Linux they come from a clock that may be set.
_SAME_START_S = 0.02 if sys.platform == "linux" else 1.0


@dataclass(frozen=True)
class ProcessId:
    """One process and no other. ``started`` is in seconds, since boot on Linux and since 1970 elsewhere."""

    pid: int
    started: float
    boot_id: str
    host: str

    def is_here(self) -> bool:
        """Whether it ran on this machine, so that we can tell whether it lives and may signal it."""
        return self.host == host_name()

    def is_alive(self) -> bool | None:
        """Whether it runs; None where that cannot be told because it ran on another machine."""
        if not self.is_here():
            return None
        if self.boot_id != boot_id():
            return False
        started = start_time(self.pid)
        return started is not None and abs(started - self.started) < _SAME_START_S


def process_id(pid: int) -> ProcessId:
    """The process that has ``pid`` on this machine; one that is gone gets a start time that matches none."""
    started = start_time(pid)
    return ProcessId(pid, -1.0 if started is None else started, boot_id(), host_name())


def this_process() -> ProcessId:
    """The process that asks."""
    return process_id(os.getpid())


def start_time(pid: int) -> float | None:
    """When the process with ``pid`` started; None where there is none, or only its zombie."""
    if sys.platform != "linux":
        return _start_time_from_psutil(pid)
    try:
        stat = read_bytes(f"/proc/{pid}/stat")
    except OSError:
        return None
    fields = stat[stat.rindex(b")") + 2 :].split()  # the name before it may hold spaces and parentheses
    if fields[0] in (b"Z", b"X"):
        return None
    return int(fields[19]) / _ticks_per_second()


def die_with(parent: int) -> None:
    """End this process when ``parent``, which started it, ends (Linux); at once where it is gone already."""
    if sys.platform != "linux":
        return
    import ctypes
    import signal

    pr_set_pdeathsig = 1  # prctl(2)
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


@functools.cache
def boot_id() -> str:
    """What differs after every boot."""
    if sys.platform != "linux":
        import psutil

        return f"{psutil.boot_time():.0f}"
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


@functools.cache
def host_name() -> str:
    """This machine's name on its network."""
    return os.uname().nodename


@functools.cache
def _ticks_per_second() -> int:
    return os.sysconf("SC_CLK_TCK")


def _start_time_from_psutil(pid: int) -> float | None:
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None
