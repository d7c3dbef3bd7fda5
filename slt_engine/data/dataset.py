"""Clips as samples: files read, frames sampled, text and glosses as numbers. No tensors, no randomness."""

# T frames, P pose landmarks, J joints, C channels (x, y, confidence; of crops red, green, blue), H x W pixels, F width
# of a backbone, L tokens, G glosses

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import Space, read_keypoints
from slt_engine.clips.layouts import Layout
from slt_engine.clips.pose import LANDMARKS, read_pose
from slt_engine.data.sampling import follow_frames, sample_frames, sampled_length

MEMORY_BYTES = 512 << 20  # a split whose samples take no more is kept in memory once read


@dataclass(frozen=True)
class ClipFile:
    """A stream's file of a clip and its frames."""

    path: Path
    frames: int


@dataclass(frozen=True)
class Clip:
    """What is known of a clip before its streams are read; a stream that it lacks is None."""

    clip_id: str
    text: str
    labels: tuple[int, ...]
    glosses: tuple[int, ...] | None = None
    keypoints: ClipFile | None = None
    pose: ClipFile | None = None

    @property
    def frames(self) -> int:
        """Frames of the stream that leads: keypoints, else pose."""
        leading = self.keypoints or self.pose
        assert leading is not None, self.clip_id
        return leading.frames


@dataclass(frozen=True)
class Sample:
    """A clip ready for a batch: float32 streams whose third channel is 0 where a point is missing.

    A stream that is on but that this clip lacks is all zeros; one that is off is None, as are the glosses. A stream
    of crops that is on is in ``crops_THWC`` (uint8) or ``features_TF`` (float16), with ``crops_found_T`` beside it.
    """

    clip_id: str
    text: str
    frames: int
    labels_L: np.ndarray
    glosses_G: np.ndarray | None
    keypoints_TJC: np.ndarray | None
    pose_TPC: np.ndarray | None
    crops_THWC: dict[str, np.ndarray] = field(default_factory=dict)
    features_TF: dict[str, np.ndarray] = field(default_factory=dict)
    crops_found_T: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class KeypointReading:
    """How keypoint files are read: their layout, the points kept of it, the space of files that tell none."""

    layout: Layout
    kept: tuple[int, ...]
    space: Space | None = None


class ClipDataset:
    """Samples by position; ``lengths`` are their frames, ``bytes`` what all take; both known before reading.

    A split of at most ``memory_bytes`` stays in memory once read; a copy for another process goes without it.
    """

    def __init__(
        self,
        clips: Sequence[Clip],
        *,
        keypoints: KeypointReading | None,
        pose: bool,
        frame_stride: int,
        sequence_length: int,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self.clips = tuple(clips)
        self.lengths = tuple(
            sampled_length(clip.frames, stride=frame_stride, sequence_length=sequence_length)
            for clip in self.clips
        )
        points = (len(keypoints.kept) if keypoints else 0) + (LANDMARKS if pose else 0)
        self.bytes = sum(self.lengths) * points * 3 * 4
        self.in_memory = self.bytes <= memory_bytes
        self._keypoints, self._pose = keypoints, pose
        self._stride, self._sequence_length = frame_stride, sequence_length
        self._memory_bytes = memory_bytes
        self._samples: dict[str, Sample] = {}

    @property
    def layout(self) -> Layout | None:
        """Which joint of a sample is which; None without keypoints."""
        return self._keypoints.layout.without_unused() if self._keypoints else None

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, position: int) -> Sample:
        clip = self.clips[position]
        sample = self._samples.get(clip.clip_id)
        if sample is None:
            sample = self._read(clip)
            if self.in_memory:
                self._samples[clip.clip_id] = sample
        return sample

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_samples": {}}

    def subset(self, positions: Sequence[int]) -> ClipDataset:
        """The clips at ``positions``, read in the same way and kept in the same memory."""
        subset = ClipDataset(
            [self.clips[position] for position in positions],
            keypoints=self._keypoints,
            pose=self._pose,
            frame_stride=self._stride,
            sequence_length=self._sequence_length,
            memory_bytes=self._memory_bytes,
        )
        subset._samples = self._samples
        return subset

    def _read(self, clip: Clip) -> Sample:
        indices = sample_frames(clip.frames, stride=self._stride, sequence_length=self._sequence_length)
        return Sample(
            clip_id=clip.clip_id,
            text=clip.text,
            frames=len(indices),
            labels_L=np.array(clip.labels, np.int64),
            glosses_G=None if clip.glosses is None else np.array(clip.glosses, np.int64),
            keypoints_TJC=self._read_keypoints(clip, indices) if self._keypoints else None,
            pose_TPC=self._read_pose(clip, indices) if self._pose else None,
        )

    def _read_keypoints(self, clip: Clip, indices: np.ndarray) -> np.ndarray:
        assert self._keypoints is not None
        reading, file = self._keypoints, clip.keypoints
        if file is None:
            return np.zeros((len(indices), len(reading.kept), 3), np.float32)
        points_FJC = read_keypoints(file.path, reading.layout, space=reading.space)
        _check_length(points_FJC, file)
        return np.take(np.take(points_FJC, indices, axis=0), reading.kept, axis=1)

    def _read_pose(self, clip: Clip, indices: np.ndarray) -> np.ndarray:
        if clip.pose is None:
            return np.zeros((len(indices), LANDMARKS, 3), np.float32)
        pose_FPC = read_pose(clip.pose.path)
        _check_length(pose_FPC, clip.pose)
        followed = follow_frames(indices, clip.frames, other_frames=clip.pose.frames)
        return np.take(pose_FPC, followed, axis=0)


def _check_length(points_FPC: np.ndarray, file: ClipFile) -> None:
    if len(points_FPC) != file.frames:
        raise DataError(
            f"{file.path}: {len(points_FPC)} frames, {file.frames} at the start of the run; "
            "do not change files while they are read"
        )
