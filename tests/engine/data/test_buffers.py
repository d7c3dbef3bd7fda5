"""Memory that is used again, never while somebody looks at it."""

from __future__ import annotations

import numpy as np
import torch

from slt_engine.data.buffers import Buffers

SHAPE = (4, 1 << 20)


def address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def test_memory_that_nobody_looks_at_is_used_again() -> None:
    buffers = Buffers()
    first = buffers.empty(SHAPE)
    place = address(first)
    del first

    assert address(buffers.empty(SHAPE)) == place


def test_a_view_and_a_tensor_keep_their_memory() -> None:
    buffers = Buffers()
    array, other = buffers.empty(SHAPE), buffers.empty(SHAPE)
    array[:], other[:] = 1, 2
    row, tensor = array[2], torch.from_numpy(other)[1]
    del array, other
    for _ in range(4):
        buffers.empty(SHAPE)[:] = 9

    assert (row == 1).all()
    assert bool((tensor == 2).all())


def test_a_buffer_twice_too_large_is_left_alone() -> None:
    buffers = Buffers()
    large = buffers.empty((16, 1 << 20))
    place = address(large)
    del large

    assert address(buffers.empty((2, 1 << 20))) != place
