"""Memory for pictures, used again: getting a batch of crops (231 MB) from the system takes longer than filling it."""

from __future__ import annotations

import math
import threading
import weakref

import numpy as np

MOST_FREE = 16  # buffers that wait to be used again
_LEAST_BYTES = 1 << 20  # less is quick to get


class Buffers:
    """Arrays whose memory comes back when nothing looks at them any more. Threads may share it."""

    def __init__(self) -> None:
        self._free: list[memoryview] = []
        self._mutex = threading.RLock()  # a garbage collection may give back while its thread takes

    def empty(self, shape: tuple[int, ...]) -> np.ndarray:
        """A uint8 array of ``shape`` with whatever was in its memory before."""
        size = math.prod(shape)
        if size < _LEAST_BYTES:
            return np.empty(shape, np.uint8)
        memory = self._take(size)
        owner = np.frombuffer(memory, np.uint8, count=size)  # every view of it keeps it alive
        weakref.finalize(owner, self._give_back, memory).atexit = False
        return owner.reshape(shape)

    def _take(self, size: int) -> memoryview:
        with self._mutex:
            fitting = [place for place, memory in enumerate(self._free) if size <= len(memory) <= 2 * size]
            if fitting:
                return self._free.pop(min(fitting, key=lambda place: len(self._free[place])))
        return memoryview(np.empty(size, np.uint8))  # type: ignore[arg-type]

    def _give_back(self, memory: memoryview) -> None:
        with self._mutex:
            self._free.append(memory)
            del self._free[:-MOST_FREE]


BUFFERS = Buffers()
