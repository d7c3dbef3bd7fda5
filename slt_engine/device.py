"""Which device and which precision a run computes in."""

from __future__ import annotations

import os
from collections.abc import Callable

import torch
from accelerate import Accelerator

MIXED = {"float32": "no", "bf16": "bf16", "fp16": "fp16"}


class DeviceError(Exception):
    """The device or precision asked for is not to be had here."""


def open_accelerator(device: str, precision: str, *, notice: Callable[[str], None]) -> Accelerator:
    """An Accelerator on ``auto``, ``cpu``, ``cuda`` or ``cuda:N`` in ``amp``, ``float32``, ``bf16`` or ``fp16``.

    ``amp`` is bf16 where the GPU has it, else fp16 with a gradient scaler; on a CPU it is float32, said through
    ``notice``. Raises DeviceError.
    """
    on_cpu = not _use_cuda(device)
    chosen = _choose_precision(precision, on_cpu=on_cpu, notice=notice)
    return Accelerator(cpu=on_cpu, mixed_precision=MIXED[chosen])


def _use_cuda(device: str) -> bool:
    if device == "cpu" or (device == "auto" and not torch.cuda.is_available()):
        return False
    if not torch.cuda.is_available():
        raise DeviceError(
            f"training.device is {device}, but torch sees no GPU here: use --device cpu (or see slt doctor)"
        )
    index = int(device.partition(":")[2] or os.environ.get("LOCAL_RANK", "0"))
    if index >= torch.cuda.device_count():
        raise DeviceError(
            f"training.device is {device} and cuda:{index} is needed, but there are {torch.cuda.device_count()} GPUs, "
            "from cuda:0; each process needs its own"
        )
    torch.cuda.set_device(index)
    return True


def _choose_precision(precision: str, *, on_cpu: bool, notice: Callable[[str], None]) -> str:
    if precision == "fp16" and on_cpu:
        raise DeviceError("training.precision is fp16, which needs a GPU: use bf16 or float32 on a CPU")
    if precision != "amp":
        return precision
    if on_cpu:
        notice("precision amp on a CPU is float32; --precision bf16 asks for mixed precision there too")
        return "float32"
    return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
