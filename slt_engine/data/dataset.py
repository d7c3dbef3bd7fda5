"""Clips as samples: files read, frames sampled, text and glosses as numbers. No tensors, no randomness."""

# T frames, P pose landmarks, J joints, C channels (x, y, confidence; of crops red, green, blue), H x W pixels, F width
# of a backbone, L tokens, G glosses

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from slt_engine.clips.errors import DataError
from slt_engine.clips.layouts import Layout, Pairs
from slt_engine.clips.pose import LANDMARKS
from slt_engine.clips.pose import MIRROR as POSE_MIRROR
from slt_engine.data.feature_cache import FeatureCache
from slt_engine.data.flip import flip_points
from slt_engine.data.frames import CropReading, CropSource, StreamFrames, Uncached, read_stream
from slt_engine.data.packed import PackedPoints
from slt_engine.data.point_files import ClipFile, KeypointReading, read_keypoint_file, read_pose_file
from slt_engine.data.sampling import follow_frames, sample_frames, sampled_length

MEMORY_BYTES = 512 << 20  # a split whose samples take no more is kept in memory once read


@dataclass(frozen=True)
class Clip:
    """What is known of a clip before its streams are read; a stream that it lacks is None."""

    clip_id: str
    text: str
    labels: tuple[int, ...]
    glosses: tuple[int, ...] | None = None
    keypoints: ClipFile | None = None
    pose: ClipFile | None = None
    crops: Mapping[str, CropSource] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Frames of the stream that leads: keypoints, else pose, else the longest of the crops."""
        leading = self.keypoints or self.pose
        return leading.frames if leading else max(crops.frames for crops in self.crops.values())


@dataclass(frozen=True)
class Sample:
    """A clip ready for a batch: float32 streams whose third channel is 0 where a point is missing.

    A stream that is on but that this clip lacks is all zeros; one that is off is None, as are the glosses.
    ``aspect`` is width over height of what the keypoints are counted in.
    ``crops_found_T`` has every stream of crops that is on. Its pictures are in ``crops_THWC`` (uint8); where its
    backbone is frozen, what the cache has of its features is in ``features_TF`` (float16), and what it lacks in
    ``uncached``.
    """

    clip_id: str
    text: str
    frames: int
    labels_L: np.ndarray
    glosses_G: np.ndarray | None
    keypoints_TJC: np.ndarray | None
    pose_TPC: np.ndarray | None
    aspect: float = 1.0
    crops_THWC: dict[str, np.ndarray] = field(default_factory=dict)
    features_TF: dict[str, np.ndarray] = field(default_factory=dict)
    crops_found_T: dict[str, np.ndarray] = field(default_factory=dict)
    uncached: dict[str, Uncached] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """How a clip is looked at: ``stretch`` times as long in time, ``flipped`` as in a mirror."""

    stretch: float = 1.0
    flipped: bool = False


AS_IT_IS = View()


class ClipDataset:
    """Samples by position; ``lengths`` are their frames, ``bytes`` what all take; both known before reading.

    A split of at most ``memory_bytes`` stays in memory once read, but for crops whose features are computed; a copy
    for another process goes without it.
    """

    def __init__(
        self,
        clips: Sequence[Clip],
        *,
        keypoints: KeypointReading | None,
        pose: bool,
        frame_stride: int,
        sequence_length: int,
        crops: CropReading | None = None,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self.clips = tuple(clips)
        self.lengths = tuple(
            sampled_length(clip.frames, stride=frame_stride, sequence_length=sequence_length)
            for clip in self.clips
        )
        points = (len(keypoints.kept) if keypoints else 0) + (LANDMARKS if pose else 0)
        crops = crops or CropReading((), 0)
        pictures = len(crops.streams) * crops.image_size**2
        self.bytes = sum(self.lengths) * 3 * (4 * points + pictures)
        self.in_memory = self.bytes <= memory_bytes
        self._keypoints, self._pose, self._crops = keypoints, pose, crops
        self._stride, self._sequence_length = frame_stride, sequence_length
        self._memory_bytes = memory_bytes
        self._packed: Mapping[str, PackedPoints] = {}
        self._samples: dict[str, Sample] = {}

    @property
    def layout(self) -> Layout | None:
        """Which joint of a sample is which; None without keypoints."""
        return self._keypoints.layout.without_unused() if self._keypoints else None

    @property
    def mirror(self) -> Pairs:
        """Which joints of a sample change places in a mirror."""
        mirror = self.layout.mirror if self.layout else None
        assert mirror is not None, "check_mirror comes first"
        return mirror

    def check_mirror(self) -> None:
        """A DataError where the keypoints' layout does not say which points change places in a mirror."""
        if self.layout and self.layout.mirror is None:
            raise DataError(
                f'keypoint layout "{self.layout.name}" does not say which points are left and right of each other, '
                "which data.flip_probability needs; give the layout the key mirror: [[left, right], ...]"
            )

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, position: int) -> Sample:
        clip = self.clips[position]
        sample = self._samples.get(clip.clip_id)
        if sample is None:
            sample = self._read(clip, AS_IT_IS)
            if self.in_memory and not sample.uncached:
                self._samples[clip.clip_id] = sample
        return sample

    def view(self, position: int, view: View) -> Sample:
        """The same clip seen otherwise; one that is not seen as it is, is read anew."""
        return self[position] if view == AS_IT_IS else self._read(self.clips[position], view)

    def viewed_length(self, position: int, view: View) -> int:
        """How many frames ``view`` gives of a clip, without reading it."""
        return sampled_length(
            self.clips[position].frames,
            stride=self._stride,
            sequence_length=self._sequence_length,
            stretch=view.stretch,
        )

    def with_features(self, caches: Mapping[str, FeatureCache]) -> ClipDataset:
        """The same clips, with features in place of crops for the streams of ``caches``."""
        return self._change(self.clips, replace(self._crops, caches=caches))

    @property
    def streams(self) -> tuple[str, ...]:
        """The streams that are on."""
        points = {"keypoints": self._keypoints is not None, "pose": self._pose}
        return (*(stream for stream, is_on in points.items() if is_on), *self._crops.streams)

    def reading_of(self, stream: str) -> str:
        """How a stream's files are read, besides what they hold."""
        return repr(self._keypoints) if stream == "keypoints" else stream

    def with_packed_points(self, stream: str, points: PackedPoints) -> ClipDataset:
        """The same clips, with "keypoints" or "pose" read from a pack."""
        packed = self._change(self.clips, self._crops)
        packed._packed = {**self._packed, stream: points}
        return packed

    def with_packed_crops(self, stream: str, crops: Mapping[str, CropSource]) -> ClipDataset:
        """The same clips, with a stream of crops read from a pack."""
        clips = [
            replace(clip, crops={**clip.crops, stream: crops[clip.clip_id]}) if stream in clip.crops else clip
            for clip in self.clips
        ]
        return self._change(clips, self._crops)

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_samples": {}}

    def subset(self, positions: Sequence[int]) -> ClipDataset:
        """The clips at ``positions``, read in the same way and kept in the same memory."""
        subset = self._change([self.clips[position] for position in positions], self._crops)
        subset._samples = self._samples
        return subset

    def _change(self, clips: Sequence[Clip], crops: CropReading) -> ClipDataset:
        changed = ClipDataset(
            clips,
            keypoints=self._keypoints,
            pose=self._pose,
            crops=crops,
            frame_stride=self._stride,
            sequence_length=self._sequence_length,
            memory_bytes=self._memory_bytes,
        )
        changed._packed = self._packed
        return changed

    def _read(self, clip: Clip, view: View) -> Sample:
        frames_T = sample_frames(
            clip.frames, stride=self._stride, sequence_length=self._sequence_length, stretch=view.stretch
        )
        streams = {
            stream: self._read_crops(clip, stream, frames_T, mirrored=view.flipped)
            for stream in self._crops.streams
        }
        keypoints_TJC, aspect = self._read_keypoints(clip, frames_T, view) if self._keypoints else (None, 1.0)
        return Sample(
            clip_id=clip.clip_id,
            text=clip.text,
            frames=len(frames_T),
            labels_L=np.array(clip.labels, np.int64),
            glosses_G=None if clip.glosses is None else np.array(clip.glosses, np.int64),
            keypoints_TJC=keypoints_TJC,
            pose_TPC=self._read_pose(clip, frames_T, view) if self._pose else None,
            aspect=aspect,
            crops_THWC={s: own.crops_THWC for s, own in streams.items() if own.crops_THWC is not None},
            features_TF={s: own.features_TF for s, own in streams.items() if own.features_TF is not None},
            crops_found_T={stream: own.found_T for stream, own in streams.items()},
            uncached={stream: own.uncached for stream, own in streams.items() if own.uncached},
        )

    def _read_crops(self, clip: Clip, stream: str, frames_T: np.ndarray, *, mirrored: bool) -> StreamFrames:
        return read_stream(
            clip.crops,
            stream,
            frames_T,
            clip_frames=clip.frames,
            reading=self._crops,
            mirrored=mirrored,
        )

    def read_whole(self, clip: Clip, stream: str) -> tuple[np.ndarray, float]:
        """A clip's "keypoints" (those that are kept) or "pose" in all its frames, float32 (F, J, C), and width over
        height of what they are counted in. Raises DataError.
        """
        if stream in self._packed:
            return self._packed[stream].read(clip.clip_id)
        if stream == "pose":
            assert clip.pose is not None
            return read_pose_file(clip.pose), 1.0
        assert clip.keypoints is not None
        assert self._keypoints is not None
        return read_keypoint_file(clip.keypoints, self._keypoints)

    def _read_keypoints(self, clip: Clip, frames_T: np.ndarray, view: View) -> tuple[np.ndarray, float]:
        """The clip's keypoints, and width over height of what they are counted in."""
        assert self._keypoints is not None
        if clip.keypoints is None:
            return np.zeros((len(frames_T), len(self._keypoints.kept), 3), np.float32), 1.0
        points_FJC, aspect = self.read_whole(clip, "keypoints")
        points_TJC = np.take(points_FJC, frames_T, axis=0)
        flipped_TJC = flip_points(points_TJC, self.mirror) if view.flipped else points_TJC
        return flipped_TJC, aspect

    def _read_pose(self, clip: Clip, frames_T: np.ndarray, view: View) -> np.ndarray:
        if clip.pose is None:
            return np.zeros((len(frames_T), LANDMARKS, 3), np.float32)
        pose_FPC, _ = self.read_whole(clip, "pose")
        followed = follow_frames(frames_T, clip.frames, other_frames=clip.pose.frames)
        pose_TPC = np.take(pose_FPC, followed, axis=0)
        return flip_points(pose_TPC, POSE_MIRROR) if view.flipped else pose_TPC
