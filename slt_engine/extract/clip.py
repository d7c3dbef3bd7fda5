"""One clip from its video to its files: made aside, put in place when all are there."""

# T frames, J the 543 landmarks, C = x, y, z, confidence; a frame has H x W pixels

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from slt_engine.clips.errors import DataError
from slt_engine.clips.signing_space import NAME, to_signing_space
from slt_engine.extract.boxes import Follower, Origin
from slt_engine.extract.decode import Video, open_video
from slt_engine.extract.landmarks import PARTS, Tracker, tracker
from slt_engine.extract.pictures import cut, encode, grey_but_eyes_and_mouth
from slt_engine.extract.sampling import Sampler, sampler_of
from slt_engine.extract.settings import CROPS, FOLDERS, SIDE, Settings
from slt_engine.extract.sources import Job

Tell = Callable[[int, int, int], None]  # frames decoded, frames there are, frames kept

_ENDS_EARLY = 0.8  # of the length that the container tells
_LACKS_FRAMES = 0.9


@dataclass
class Found:
    """What the frames of a clip hold so far; ``width`` and ``height`` are theirs, turned upright."""

    sampler: Sampler
    width: int = 0
    height: int = 0
    points: list[np.ndarray] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    origins: dict[str, list[int]] = field(default_factory=lambda: {stream: [] for stream in CROPS})

    def add_origins(self, cutting: Future[list[Origin]] | None) -> None:
        """Those of a frame's crops, once they are written."""
        for stream, origin in zip(CROPS, cutting.result() if cutting else [], strict=False):
            self.origins[stream].append(int(origin))


def extract_clip(job: Job, settings: Settings, out: Path, aside: Path, *, tell: Tell) -> dict[str, Any]:
    """Write the clip's files below ``out`` and return its line of metadata; ``tell`` hears of every frame.

    ``aside`` is a directory on the same disk for files that are not complete. Raises DataError for a video that
    cannot be used, and then leaves nothing.
    """
    shutil.rmtree(aside, ignore_errors=True)
    for folder in FOLDERS:
        (aside / folder).mkdir(parents=True)
    try:
        with open_video(job.video) as video, tracker() as finder:
            found = _look(video, finder, job, settings, _Crops(aside, job.clip_id, settings), tell)
            _check(video, found, job)
            _write_arrays(aside, job.clip_id, found, video)
            line = _metadata(job, video, found)
        _publish(aside, out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return line


class _Crops:
    """Writes a clip's crops, one a stream and frame."""

    def __init__(self, folder: Path, clip_id: str, settings: Settings) -> None:
        self._folder, self._clip_id, self._blur = folder, clip_id, settings.face_blur
        self._followers = {stream: Follower(stream) for stream in CROPS}
        self._black = encode(np.zeros((SIDE, SIDE, 3), np.uint8))

    def write(self, frame: int, time_s: float, frame_HWC: np.ndarray, points_JC: np.ndarray) -> list[Origin]:
        """A part that is nowhere becomes a black picture, which the loader masks."""
        height, width = frame_HWC.shape[:2]
        points_JC = points_JC * np.array([width, height, width, 1], np.float32)  # in pixels
        origins = []
        for stream, follower in self._followers.items():
            box, origin = follower.box(points_JC, time_s, width=width, height=height)
            data = self._black
            if box is not None:
                crop_SSC = cut(frame_HWC, box)
                if stream == "face":
                    crop_SSC = grey_but_eyes_and_mouth(crop_SSC, points_JC, box, blur=self._blur)
                data = encode(crop_SSC)
            (self._folder / stream / f"{self._clip_id}_f{frame:06d}.jpg").write_bytes(data)
            origins.append(origin)
        return origins


def _look(video: Video, finder: Tracker, job: Job, settings: Settings, crops: _Crops, tell: Tell) -> Found:
    import cv2

    found = Found(sampler=sampler_of(settings, video.fps))
    length_s = video.declared_frames / video.fps if job.end_s is None else job.end_s - job.start_s
    frames = video.frames(
        found.sampler.keeps,
        start_s=job.start_s,
        end_s=job.end_s,
        tick=lambda: tell(video.decoded, round(length_s * video.fps), len(found.points)),
    )
    with ThreadPoolExecutor(1) as beside:  # crops are cut while MediaPipe looks at the next frame
        cutting: Future[list[Origin]] | None = None
        for number, (time_s, frame_HWC) in enumerate(frames):
            points_JC = finder.landmarks(cv2.cvtColor(frame_HWC, cv2.COLOR_BGR2RGB))
            found.add_origins(cutting)
            cutting = beside.submit(crops.write, number, time_s, frame_HWC, points_JC)
            found.points.append(points_JC)
            found.times_s.append(time_s)
            found.height, found.width = frame_HWC.shape[:2]
        found.add_origins(cutting)
    return found


def _check(video: Video, found: Found, job: Job) -> None:
    where = video.path
    if not found.points:
        stretch = "" if job.end_s is None else f" from {job.start_s:g} s to {job.end_s:g} s"
        raise DataError(f"{where}: no frame can be decoded{stretch}; look at it with a player")
    if job.end_s is None and where.suffix.lower() != ".gif":  # a GIF's last picture may stay for seconds
        promised_s, length_s = video.declared_frames / video.fps, video.last_s + 1 / video.fps
        if length_s < _ENDS_EARLY * promised_s - 0.2:
            raise DataError(
                f"{where}: ends after {length_s:.1f} s of {promised_s:.1f} s; it is cut short, copy it again"
            )
    if not any(points_JC[PARTS["pose"]][:, 3].any() for points_JC in found.points):
        raise DataError(f"{where}: no person is seen in any of {len(found.points)} frames; remove it")


def _write_arrays(folder: Path, clip_id: str, found: Found, video: Video) -> None:
    points_TJC = np.stack(found.points)
    fps = np.float64(round(_rate(found.times_s, video.fps), 3))
    pose_TPC = points_TJC[:, PARTS["pose"]][..., [0, 1, 3]]
    pose = to_signing_space(pose_TPC, width=found.width, height=found.height)
    np.savez(folder / "pose" / f"{clip_id}.npz", pose=pose, pose_norm=NAME, fps=fps)
    origins = {f"{stream}_from": np.array(values, np.uint8) for stream, values in found.origins.items()}
    np.savez(
        folder / "keypoints" / f"{clip_id}.npz",
        keypoints=points_TJC, layout="mediapipe_543", space="unit", width=found.width, height=found.height,
        fps=fps, times_s=np.array(found.times_s), **origins,
    )  # fmt: skip


def _metadata(job: Job, video: Video, found: Found) -> dict[str, Any]:
    frames = len(found.points)
    lacking = job.end_s is None and video.decoded < _LACKS_FRAMES * video.declared_frames
    warnings = [f"{video.decoded} of {video.declared_frames} frames decode"] if lacking else []
    return {
        "status": "done",
        "frames": dict.fromkeys(FOLDERS, frames),
        "duration_s": round(video.last_s - video.first_s + 1 / video.observed_fps, 3),
        "fps_source": round(video.fps, 3),
        "fps_observed": round(video.observed_fps, 3),
        "fps": round(_rate(found.times_s, video.fps), 3),
        "stride": found.sampler.stride,
        "width": found.width,
        "height": found.height,
        "fallbacks": {stream: _fallbacks(found.origins[stream]) for stream in CROPS},
        "warnings": warnings,
    }


def _fallbacks(origins: list[int]) -> dict[str, int]:
    """How many frames took their box from where."""
    return {origin.name.lower(): origins.count(origin) for origin in Origin if origin != Origin.DETECTOR}


def _rate(times_s: list[float], fps: float) -> float:
    spread_s = times_s[-1] - times_s[0]
    return (len(times_s) - 1) / spread_s if spread_s > 0 else fps


def _publish(aside: Path, out: Path) -> None:
    for folder in FOLDERS:
        for path in (aside / folder).iterdir():
            path.replace(out / folder / path.name)
