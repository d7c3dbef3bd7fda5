"""What the host and its GPUs are doing, for system.jsonl."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import psutil
import pynvml

from slt_engine.run.record import GpuLoad, SystemRow


class SystemSampler:
    """Samples this process, the host and every NVIDIA GPU that the driver shows; without a driver there is none."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()
        psutil.cpu_percent()
        self._gpus = _open_gpus()

    def sample(self) -> SystemRow:
        """The load since the last call."""
        memory = psutil.virtual_memory()
        return {
            "time": time.time(),
            "gpus": [
                row for index, gpu in enumerate(self._gpus) if (row := _sample_gpu(index, gpu)) is not None
            ],
            "process": {
                "cpu_percent": self._process.cpu_percent(),
                "memory_used_bytes": self._process.memory_info().rss,
            },
            "host": {
                "cpu_percent": psutil.cpu_percent(),
                "memory_used_bytes": memory.total - memory.available,
                "memory_total_bytes": memory.total,
            },
        }


def _open_gpus() -> list[Any]:
    try:
        pynvml.nvmlInit()
        return [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError:
        return []


def _sample_gpu(index: int, gpu: Any) -> GpuLoad | None:
    """A GPU's load; None where the driver stopped answering. Power and temperature are not told by every card."""
    try:
        memory = pynvml.nvmlDeviceGetMemoryInfo(gpu)
        row: GpuLoad = {
            "index": index,
            "name": str(pynvml.nvmlDeviceGetName(gpu)),
            "utilisation": float(pynvml.nvmlDeviceGetUtilizationRates(gpu).gpu),
            "memory_used_bytes": int(memory.used),
            "memory_total_bytes": int(memory.total),
        }
    except pynvml.NVMLError:
        return None
    with contextlib.suppress(pynvml.NVMLError):
        row["power_w"] = pynvml.nvmlDeviceGetPowerUsage(gpu) / 1000
    with contextlib.suppress(pynvml.NVMLError):
        row["temperature_c"] = float(pynvml.nvmlDeviceGetTemperature(gpu, pynvml.NVML_TEMPERATURE_GPU))
    return row
