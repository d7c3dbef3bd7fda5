"""Devices and precisions that are not to be had are said so; amp on a CPU is float32, and told."""

from __future__ import annotations

import pytest
import torch

from slt_engine.device import DeviceError, open_accelerator

without_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens without a GPU")


@without_gpu
@pytest.mark.parametrize("device", ["cuda", "cuda:1"])
def test_a_gpu_that_is_not_there_is_an_error(device: str) -> None:
    with pytest.raises(DeviceError, match=f"training.device is {device}, but torch sees no GPU"):
        open_accelerator(device, "float32", notice=print)


def test_fp16_on_a_cpu_is_an_error_that_names_bf16() -> None:
    with pytest.raises(DeviceError, match="use bf16 or float32"):
        open_accelerator("cpu", "fp16", notice=print)


def test_amp_on_a_cpu_is_float32_and_says_so() -> None:
    said: list[str] = []
    accelerator = open_accelerator("cpu", "amp", notice=said.append)
    assert accelerator.mixed_precision == "no"
    assert "float32" in said[0]
