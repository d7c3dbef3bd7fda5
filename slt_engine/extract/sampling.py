"""Which frames of a video are kept, decided by their timestamps."""

from __future__ import annotations

import math

from slt_engine.extract.settings import Settings

_ROUNDING_S = 0.0015  # containers count in milliseconds
_FASTEST = 240.0  # frames a second; a container that says more counts ticks, not frames


class Sampler:
    """Asked once for every frame, in order; ``stride`` is how many frames one that is kept stands for."""

    stride: float = 1.0

    def keeps(self, time_s: float) -> bool:  # noqa: ARG002 - of every frame
        return True


class EveryNth(Sampler):
    """The first of every ``stride`` frames."""

    def __init__(self, stride: int) -> None:
        self.stride, self._seen = stride, 0

    def keeps(self, time_s: float) -> bool:  # noqa: ARG002 - evenly, whatever the clock says
        self._seen += 1
        return (self._seen - 1) % int(self.stride) == 0


class AtRate(Sampler):
    """The first frame of every 1 / ``fps`` seconds; where there is none, none is repeated."""

    def __init__(self, fps: float, source_fps: float) -> None:
        self.stride = max(1.0, round(source_fps / fps, 3))
        self._fps, self._began_s, self._slot = fps, 0.0, -1

    def keeps(self, time_s: float) -> bool:
        if self._slot < 0:
            self._began_s = time_s
        slot = math.floor((time_s - self._began_s + _ROUNDING_S) * self._fps)
        is_first = slot > self._slot
        self._slot = max(self._slot, slot)
        return is_first


def sampler_of(settings: Settings, source_fps: float) -> Sampler:
    """The sampler for a video with so many frames a second."""
    if settings.fps is not None:
        return AtRate(settings.fps, source_fps)
    if settings.fps_limit is not None:
        return EveryNth(max(1, math.ceil(source_fps / settings.fps_limit - 0.01)))
    return Sampler()


def is_plausible(fps: float) -> bool:
    """Whether a container's number of frames a second can be one."""
    return 0 < fps <= _FASTEST
