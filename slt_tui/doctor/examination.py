"""All checks, in the order in which they are told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from slt_tui.doctor.finding import Finding
from slt_tui.doctor.hardware import check_gpu, check_memory, check_processors, check_shared_memory, list_gpus
from slt_tui.doctor.place import check_disk, check_locks, check_terminal
from slt_tui.doctor.software import EXTRAS, ask_torch, check_extra, check_packages, check_python, check_torch


def examine(place: Path) -> Iterator[Finding]:
    """Every finding, as it is made; ``place`` is where runs are kept."""
    yield check_python(sys.version_info[:2])
    yield check_packages()
    torch = ask_torch()
    yield check_torch(torch)
    yield check_gpu(torch, list_gpus())
    yield check_processors()
    yield check_memory()
    yield from check_shared_memory(Path("/dev/shm"))
    yield check_disk(place)
    yield check_locks(place)
    yield check_terminal()
    for extra, modules in EXTRAS.items():
        yield check_extra(extra, modules)
