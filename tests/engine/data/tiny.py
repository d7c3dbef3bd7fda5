"""A data set of random keypoints and pose in a temporary folder, as the contract lays it out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from slt_engine.data.catalogue import Source

TEXTS = ("¿Qué mañana, señor?  ¡Sí!", "hola", "adiós, amigo", "el niño come", "vamos a casa")


@dataclass(frozen=True)
class Tiny:
    """Where the data set lies; ``frames`` are the clips' lengths."""

    root: Path
    frames: tuple[int, ...]

    @property
    def keypoints(self) -> Path:
        return self.root / "processed" / "keypoints"

    @property
    def pose(self) -> Path:
        return self.root / "processed" / "pose"

    def crops(self, stream: str) -> Path:
        """The folder of a stream's crops, which ``draw_crops`` makes."""
        return self.root / "processed" / stream

    @property
    def train(self) -> Path:
        return self.root / "index" / "train.csv"

    @property
    def val(self) -> Path:
        return self.root / "index" / "val.csv"

    def source(self, **changes: object) -> Source:
        values: dict[str, object] = {
            "metadata_csv": self.root / "meta.csv",
            "keypoints_dir": self.keypoints,
            "pose_dir": self.pose,
            "crop_dirs": {},
            "gloss_csv": self.root / "gloss.csv",
            "keypoint_layout": "auto",
            "frame_stride": 1,
            "sequence_length": 16,
            "image_size": 16,
            "max_target_length": 64,
        }
        return Source(**{**values, **changes})  # type: ignore[arg-type]


def build_tiny(root: Path, *, clips: int = 12, points: int = 48) -> Tiny:
    """``clips`` clips of 5 to 30 frames; the last three are for validation."""
    rng = np.random.default_rng(0)
    tiny = Tiny(root, tuple(int(frames) for frames in rng.integers(5, 31, clips)))
    for folder in (tiny.keypoints, tiny.pose, tiny.train.parent):
        folder.mkdir(parents=True)
    ids = [f"{number:03}" for number in range(clips)]
    for clip_id, frames in zip(ids, tiny.frames, strict=True):
        values = rng.uniform(0.1, 0.9, (frames, points, 3)).astype(np.float32)
        np.savez(tiny.keypoints / f"{clip_id}.npz", keypoints=values, space="normalized")
        np.savez(tiny.pose / f"{clip_id}.npz", pose=rng.uniform(0.1, 0.9, (frames, 99)).astype(np.float32))
    texts = [TEXTS[number % len(TEXTS)] for number in range(clips)]
    rows = [f'{clip_id};"{text}"' for clip_id, text in zip(ids, texts, strict=True)]
    (root / "meta.csv").write_text("\n".join(["video_id;texto", *rows]), encoding="utf-8")
    glosses = [f"{clip_id};A {'BCD'[number % 3]};1 {2 + number % 3}" for number, clip_id in enumerate(ids)]
    (root / "gloss.csv").write_text("\n".join(["video_id;gloss;ctc_labels", *glosses]), encoding="utf-8")
    tiny.train.write_text("\n".join(ids[:-3]))
    tiny.val.write_text("\n".join(ids[-3:]))
    return tiny


def draw_crops(tiny: Tiny, *streams: str, size: int = 16) -> Source:
    """Crops of one colour a frame, another for each clip, stream and frame; a source of these streams alone."""
    for number, stream in enumerate(streams):
        tiny.crops(stream).mkdir()
        for clip, frames in enumerate(tiny.frames):
            for frame in range(frames):
                picture = Image.new("RGB", (size, size), (20 + 20 * clip, 20 + 8 * frame, 60 + 60 * number))
                picture.paste((250, 250, 250), (0, 0, 3, size))
                picture.save(tiny.crops(stream) / f"{clip:03}_f{frame:06}.jpg", quality=95)
    return tiny.source(
        keypoints_dir=None, pose_dir=None, crop_dirs={stream: tiny.crops(stream) for stream in streams}
    )
