"""The crops of a sample: decoded, mirrored with the hands swapped, or left out where a cache has their features."""

# T frames, N frames without features, H x W pixels, C channels (red, green, blue), F width of a backbone

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from slt_engine.clips.crops import decode_crop, is_black
from slt_engine.data.buffers import BUFFERS
from slt_engine.data.feature_cache import FeatureCache, FeatureEntry
from slt_engine.data.sampling import follow_frames

MIRRORED = {"hand_left": "hand_right", "hand_right": "hand_left"}


class CropSource(Protocol):
    """A clip's encoded crops of one stream, by frame."""

    @property
    def frames(self) -> int:
        """One more than the last frame that has a crop."""

    @property
    def has_gaps(self) -> bool:
        """Whether frames before the last one have no crop."""

    def read(self, frame: int) -> bytes | memoryview | None:
        """The encoded picture; None where there is none. Raises DataError."""

    def whereabouts(self, frame: int) -> str:
        """The picture for a message."""

    def fingerprint(self) -> str:
        """Changes when a picture does."""


@dataclass(frozen=True)
class CropReading:
    """Which streams of crops are read, the side of their pictures in pixels, and the cache of each frozen backbone."""

    streams: tuple[str, ...]
    image_size: int
    caches: Mapping[str, FeatureCache] = field(default_factory=dict)


@dataclass(frozen=True)
class Uncached:
    """Crops of a frozen backbone's stream whose features are still to be computed, and where these are kept.

    ``places_N`` are their frames in the sample, ``frames_N`` those in the stream.
    """

    places_N: np.ndarray
    frames_N: np.ndarray
    crops_NHWC: np.ndarray
    entry: FeatureEntry


@dataclass(frozen=True)
class StreamFrames:
    """What a sample has of one stream: its crops, or the features of those that a cache has and the others' crops."""

    found_T: np.ndarray
    crops_THWC: np.ndarray | None = None
    features_TF: np.ndarray | None = None
    uncached: Uncached | None = None


def read_stream(
    crops: Mapping[str, CropSource],
    stream: str,
    frames_T: np.ndarray,
    *,
    clip_frames: int,
    reading: CropReading,
    mirrored: bool,
) -> StreamFrames:
    """A stream of a clip at the moments ``frames_T`` of its ``clip_frames``. Raises DataError.

    ``mirrored`` gives the clip as a mirror shows it: pictures turned about, the right hand's as the left's.
    """
    source = crops.get(MIRRORED.get(stream, stream) if mirrored else stream)
    cache = reading.caches.get(stream)
    if source is None:
        return _no_frames(len(frames_T), None if cache else reading.image_size)
    followed_T = follow_crops(source, frames_T, clip_frames=clip_frames)
    if cache is None:
        crops_THWC, found_T = read_crops(source, followed_T, image_size=reading.image_size, mirrored=mirrored)
        return StreamFrames(found_T, crops_THWC=crops_THWC)
    entry = cache.entry(source, variant="mirrored" if mirrored else "")
    return _read_cached(source, followed_T, entry, image_size=reading.image_size, mirrored=mirrored)


def read_crops(
    source: CropSource, frames_T: np.ndarray, *, image_size: int, mirrored: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Uint8 (T, H, W, C), and which frames have a crop that shows something. Raises DataError."""
    crops_THWC = BUFFERS.empty((len(frames_T), image_size, image_size, 3))
    found_T = np.zeros(len(frames_T), bool)
    for place, frame in enumerate(frames_T.tolist()):
        data = source.read(frame)
        if data is None:
            crops_THWC[place] = 0
            continue
        decode_crop(data, crops_THWC[place], whereabouts=source.whereabouts(frame))
        found_T[place] = not is_black(crops_THWC[place])
        if mirrored:
            crops_THWC[place] = crops_THWC[place, :, ::-1].copy()
    return crops_THWC, found_T


def follow_crops(source: CropSource, frames_T: np.ndarray, *, clip_frames: int) -> np.ndarray:
    """The crops' own numbers at these moments of the clip.

    Crops with gaps were numbered by the clip's frames, whichever of them is the last.
    """
    if source.has_gaps:
        return frames_T
    return follow_frames(frames_T, clip_frames, other_frames=source.frames)


def _read_cached(
    source: CropSource, frames_T: np.ndarray, entry: FeatureEntry, *, image_size: int, mirrored: bool
) -> StreamFrames:
    known = entry.read()
    if known is None:
        found_T, features_TF = np.zeros(len(frames_T), bool), None
        lacking_N = np.arange(len(frames_T))
    else:
        at_T, has_T = known.places(frames_T)
        found_T = has_T & known.found_N[at_T]
        features_TF = known.features_NF[at_T] * found_T[:, None]
        lacking_N = np.flatnonzero(~has_T)
    if not len(lacking_N):
        return StreamFrames(found_T, features_TF=features_TF)
    crops_NHWC, found_N = read_crops(source, frames_T[lacking_N], image_size=image_size, mirrored=mirrored)
    found_T[lacking_N] = found_N
    uncached = Uncached(lacking_N, frames_T[lacking_N], crops_NHWC, entry)
    return StreamFrames(found_T, features_TF=features_TF, uncached=uncached)


def _no_frames(frames: int, image_size: int | None) -> StreamFrames:
    """A clip that lacks the stream: black and not found; of a frozen backbone's stream nothing at all."""
    found_T = np.zeros(frames, bool)
    if image_size is None:
        return StreamFrames(found_T)
    return StreamFrames(found_T, crops_THWC=np.zeros((frames, image_size, image_size, 3), np.uint8))
