"""A device's clock, memory and matrix peak; a CPU answers too."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import torch


def matrix_tflops(device: str, *, side: int) -> float:
    """The device's bf16 matrix product, the best of ten."""
    left, right = (torch.randn(side, side, device=device, dtype=torch.bfloat16) for _ in range(2))
    times = [timed(lambda: left @ right, device) for _ in range(13)][3:]
    return 2 * side**3 / min(times) / 1e12


def timed(work: Callable[[], object], device: str) -> float:
    """Seconds until the device has done it."""
    synchronize(device)
    began = time.perf_counter()
    work()
    synchronize(device)
    return time.perf_counter() - began


def synchronize(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def reset_peak(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats()


def peak_gb(device: str) -> float:
    """The most that tensors held at once; on a CPU the most that the process ever held."""
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated() / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def device_name(device: str) -> str:
    return torch.cuda.get_device_name() if device.startswith("cuda") else "CPU"
