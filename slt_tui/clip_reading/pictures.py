"""Crops of a clip for the screen: one frame of a stream, as large as the screen can show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from slt_engine.clips.crops import decode_crop, read_bytes
from slt_engine.clips.errors import DataError
from slt_tui.clip_reading.frames import ClipFrames
from slt_tui.clip_reading.sources import ClipSources

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class ClipPictures:
    """Where a clip's crops lie, by stream; those streams only that have any."""

    clip_id: str
    directories: Mapping[str, Path]

    @classmethod
    def of(cls, sources: ClipSources, clip: ClipFrames) -> ClipPictures:
        """The crops of an opened clip."""
        having = {name: sources.crops[name] for name, mask in clip.images.items() if mask.any()}
        return cls(clip.clip_id, having)

    def read(self, stream: str, frame: int, *, side: int) -> Pixels | None:
        """Uint8 (side, side, 3), or None where the frame has no crop that can be read."""
        path = self.directories[stream] / f"{self.clip_id}_f{frame:06}.jpg"
        picture_HWC = np.empty((side, side, 3), np.uint8)
        try:
            decode_crop(read_bytes(path), picture_HWC, whereabouts=str(path))
        except DataError:
            return None
        return picture_HWC
