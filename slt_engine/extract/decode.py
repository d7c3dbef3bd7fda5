"""Frames of a video with their times, or of a piece of it."""

# H x W pixels, C channels (blue, green, red)

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from slt_engine.clips.errors import DataError
from slt_engine.extract.container import check_container
from slt_engine.extract.sampling import is_plausible

USUAL_FPS = 25.0  # of a video that does not tell and whose frames have no times
_SEEKS_AFTER_S = 3.0
_LEAD_S = (1.0, 10.0)  # how far before a piece its decoding begins; a seek may land late
_ROUNDING_S = 0.0015
_MOST_PIXELS = 1 << 26
_PROBED = 48  # frames

Frame = tuple[float, np.ndarray]


class Video:
    """An open video. ``decoded``, ``first_s`` and ``last_s`` tell of the frames that ``frames`` has gone past."""

    def __init__(self, path: Path) -> None:
        import cv2

        check_container(path)
        self.path, self._cv2 = path, cv2
        self._capture = self._open()
        if not self._capture.isOpened():
            raise DataError(f"{path}: cannot be opened; it is damaged, or its codec is unknown here")
        get = self._capture.get
        self.width, self.height = int(get(cv2.CAP_PROP_FRAME_WIDTH)), int(get(cv2.CAP_PROP_FRAME_HEIGHT))
        if not 0 < self.width * self.height <= _MOST_PIXELS:
            raise DataError(f"{path}: {self.width} x {self.height} pixels are no video's; it is damaged")
        declared = float(get(cv2.CAP_PROP_FPS))
        self.fps = declared if is_plausible(declared) else self._probed_fps()
        count = float(get(cv2.CAP_PROP_FRAME_COUNT))
        self.declared_frames = int(count) if 0 < count < 1e9 else 0
        self.decoded, self.first_s, self.last_s = 0, 0.0, 0.0

    @property
    def observed_fps(self) -> float:
        """Frames a second by the times of those gone past."""
        spread_s = self.last_s - self.first_s
        return (self.decoded - 1) / spread_s if spread_s > 0 else self.fps

    def frames(
        self,
        keeps: Callable[[float], bool],
        *,
        start_s: float = 0.0,
        end_s: float | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> Iterator[Frame]:
        """Seconds and (H, W, C) of every frame from ``start_s`` until before ``end_s`` that ``keeps`` keeps.

        ``tick`` is called with every frame that is gone past, also on the way to the first.
        """
        for time_s in self._times_from(start_s):
            tick()
            if time_s < start_s - _ROUNDING_S:
                continue
            if end_s is not None and time_s >= end_s - _ROUNDING_S:
                break
            self.first_s = time_s if not self.decoded else self.first_s
            self.decoded, self.last_s = self.decoded + 1, time_s
            if keeps(time_s):
                good, frame_HWC = self._capture.retrieve()
                if good:
                    yield time_s, frame_HWC

    def close(self) -> None:
        self._capture.release()

    def _open(self) -> Any:
        # An absolute path: ffmpeg takes "a:b.mp4" for a protocol.
        capture = self._cv2.VideoCapture(str(self.path.absolute()), self._cv2.CAP_FFMPEG)
        capture.set(self._cv2.CAP_PROP_ORIENTATION_AUTO, 1)  # phones write how the picture is to be turned
        return capture

    def _times_from(self, start_s: float) -> Iterator[float]:
        """Times of the frames, each grabbed, from ``start_s`` or some time before it."""
        for lead_s in _LEAD_S if start_s > _SEEKS_AFTER_S else ():
            self._seek(max(0.0, start_s - lead_s))
            times = self._grabbed()
            if (first_s := next(times, math.inf)) <= start_s:
                yield first_s
                yield from times
                return
        if start_s > _SEEKS_AFTER_S:
            self._reopen()
        yield from self._grabbed()

    def _grabbed(self) -> Iterator[float]:
        last_s = -math.inf
        while self._capture.grab():
            time_s = self._capture.get(self._cv2.CAP_PROP_POS_MSEC) / 1000
            if not last_s < time_s < math.inf:  # a container without times, or with damaged ones
                time_s = last_s + 1 / self.fps if last_s > -math.inf else 0.0
            last_s = time_s
            yield time_s

    def _seek(self, time_s: float) -> None:
        self._capture.set(self._cv2.CAP_PROP_POS_MSEC, time_s * 1000)

    def _reopen(self) -> None:
        self._capture.release()
        self._capture = self._open()

    def _probed_fps(self) -> float:
        self.fps = USUAL_FPS
        times = [time_s for time_s, _ in zip(self._grabbed(), range(_PROBED), strict=False)]
        self._reopen()
        spread_s = times[-1] - times[0] if times else 0.0
        return (len(times) - 1) / spread_s if spread_s > 0 else USUAL_FPS


@contextmanager
def open_video(path: Path) -> Iterator[Video]:
    """The video, closed at the end; what OpenCV raises meanwhile becomes a DataError."""
    import cv2

    video = Video(path)
    try:
        yield video
    except cv2.error as fault:
        reason = " ".join(str(fault).split())[:120]
        raise DataError(f"{path}: cannot be decoded ({reason}); convert it") from fault
    finally:
        video.close()
