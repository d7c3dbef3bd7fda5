"""GPU, processors, memory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slt_tui.doctor.finding import Finding
from slt_tui.readable import size

GB = 1_000_000_000


def check_gpu(torch: dict[str, Any] | str, gpus: list[str] | str) -> Finding:
    """Whether training can use what is there."""
    if isinstance(torch, dict) and torch["gpus"]:
        return Finding("GPU", "ok", "; ".join(gpus if isinstance(gpus, list) and gpus else torch["gpus"]))
    if isinstance(torch, dict) and torch["mps"]:
        return Finding("GPU", "off", "Apple's, which training does not use: it runs on the CPU", "")
    if isinstance(gpus, str) or not gpus:
        what = gpus if isinstance(gpus, str) else "none"
        return Finding(
            "GPU", "off", f"{what}: training uses the CPU", "big models want a GPU; the demo does without"
        )
    return Finding(
        "GPU", "fail", f"torch does not see {'; '.join(gpus)}", "install torch's CUDA build: pytorch.org"
    )


def list_gpus() -> list[str] | str:
    """The GPUs that the NVIDIA driver knows, with their memory; text where there is no driver."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except ImportError:
        return "nvidia-ml-py is not installed"
    except pynvml.NVMLError:
        return "no NVIDIA driver"
    return [_describe(pynvml, index) for index in range(pynvml.nvmlDeviceGetCount())]


def check_processors() -> Finding:
    """How many cores this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores < 2:
        return Finding("processors", "warn", "1 core", "--num-workers 0 keeps loading from taking it away")
    return Finding("processors", "ok", f"{cores} cores")


def check_memory() -> Finding:
    """What is free for a model and its batches."""
    import psutil

    memory = psutil.virtual_memory()
    what = f"{size(memory.available)} free of {size(memory.total)}"
    if memory.available < 2 * GB:
        return Finding("memory", "warn", what, "end other programs, or lower --batch-size")
    return Finding("memory", "ok", what)


def check_shared_memory(place: Path) -> Iterator[Finding]:
    """Workers hand batches over there; containers often get 64 MB only."""
    if place.is_dir():
        free = shutil.disk_usage(place).free
        small = free < GB // 4
        fix = "docker run --shm-size 2g, or --num-workers 0" if small else ""
        yield Finding("shared memory", "warn" if small else "ok", f"{size(free)} free in {place}", fix)


def _describe(pynvml: Any, index: int) -> str:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    name = pynvml.nvmlDeviceGetName(handle)
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    return f"{name}, {size(memory.free)} free of {size(memory.total)}"
