"""Reading batches: crops of three streams against the usual way of reading them, keypoints from their pack, memory."""

# T frames, H x W pixels, C channels (red, green, blue), J points

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from slt_engine.clips.crops import list_crops
from slt_engine.clips.layouts import LAYOUTS
from slt_engine.data.batches import Plan, plan_batches
from slt_engine.data.dataset import Clip, ClipDataset
from slt_engine.data.frames import CropReading
from slt_engine.data.loader import batches
from slt_engine.data.packing import pack_split, read_packed
from slt_engine.data.point_files import ClipFile, KeypointReading
from tests.bench.figures import Figure, Figures

pytestmark = pytest.mark.bench

STREAMS, SIZE, FRAMES, BATCH, WORKERS = ("face", "hand_left", "hand_right"), 224, 128, 4, 2
CLIPS, POINT_CLIPS = 8, 600
MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])


class UsualReading(Dataset[Tensor]):
    """Every crop opened by PIL and normalised on the CPU, as most of the field's projects read them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __len__(self) -> int:
        return CLIPS

    def __getitem__(self, clip: int) -> Tensor:
        return torch.stack(
            [torch.stack([self._read(stream, clip, f) for f in range(FRAMES)]) for stream in STREAMS]
        )

    def _read(self, stream: str, clip: int, frame: int) -> Tensor:
        with Image.open(self._folder / stream / f"{clip}_f{frame:06}.jpg") as picture:
            values_HWC = np.asarray(picture.convert("RGB"), np.float32) / 255
        return torch.from_numpy((values_HWC - MEAN) / STD).permute(2, 0, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Smooth noise, which takes 11 KB a crop, as a video's does."""
    folder = tmp_path_factory.mktemp("crops")
    rng = np.random.default_rng(0)
    for stream in STREAMS:
        (folder / stream).mkdir()
        for clip in range(CLIPS):
            for frame in range(FRAMES):
                noise = Image.fromarray(rng.integers(0, 256, (56, 56, 3), np.uint8))
                picture = noise.resize((SIZE, SIZE), Image.Resampling.BICUBIC)
                picture.save(folder / stream / f"{clip}_f{frame:06}.jpg", quality=80)
    return folder


@pytest.fixture(scope="module")
def crops(folder: Path) -> ClipDataset:
    listed = {stream: list_crops(folder / stream) for stream in STREAMS}
    clips = [
        Clip(str(n), "hola", (5, 1), crops={stream: listed[stream][str(n)] for stream in STREAMS})
        for n in range(CLIPS)
    ]
    return ClipDataset(
        clips,
        keypoints=None,
        pose=False,
        crops=CropReading(STREAMS, SIZE),
        frame_stride=1,
        sequence_length=FRAMES,
        memory_bytes=0,
    )


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> ClipDataset:
    """Clips of 79 keypoints, packed."""
    folder, layout = tmp_path_factory.mktemp("points"), LAYOUTS["mska_79"]
    rng = np.random.default_rng(0)
    clips = []
    for number in range(POINT_CLIPS):
        path = folder / f"{number}.npz"
        np.savez(path, keypoints=rng.uniform(0.1, 0.9, (FRAMES, 79, 3)).astype(np.float32), space="unit")
        clips.append(Clip(str(number), "hola", (5, 1), (1, 2), keypoints=ClipFile(path, FRAMES)))
    dataset = ClipDataset(
        clips,
        keypoints=KeypointReading(layout, layout.used),
        pose=False,
        frame_stride=1,
        sequence_length=FRAMES,
        memory_bytes=0,
    )
    list(pack_split(dataset, folder / "cache", streams=["keypoints"]))
    return read_packed(dataset, folder / "cache")


def seconds_a_clip(read: Callable[[], int]) -> float:
    """The best of three."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        clips = read()
        took.append((time.perf_counter() - began) / clips)
    return min(took)


def plan_of(dataset: ClipDataset, batch_size: int = BATCH) -> Plan:
    return plan_batches(dataset.lengths, batch_size=batch_size, seed=0)


def read_all(dataset: ClipDataset, batch_size: int = BATCH) -> int:
    return sum(len(batch) for batch in batches(dataset, plan_of(dataset, batch_size), num_workers=WORKERS))


def test_three_streams_of_crops_against_pil_and_floats(
    folder: Path, crops: ClipDataset, figures: Figures
) -> None:
    torch.set_num_threads(2)
    usual = DataLoader(UsualReading(folder), batch_size=BATCH, num_workers=WORKERS)
    theirs = seconds_a_clip(lambda: sum(len(batch) for batch in usual))
    ours = seconds_a_clip(lambda: read_all(crops))

    what = f"a clip of 3 x {FRAMES} crops at {SIZE} px"
    peer = "PIL, float32 normalised on the CPU, DataLoader"
    figures.hold(Figure(what, ours * 1000, "ms", theirs * 1000 / 6, peer, theirs * 1000))


def test_packed_crops(crops: ClipDataset, tmp_path: Path, figures: Figures) -> None:
    list(pack_split(crops, tmp_path, streams=STREAMS))
    packed = read_packed(crops, tmp_path)
    ours, files = seconds_a_clip(lambda: read_all(packed)), seconds_a_clip(lambda: read_all(crops))

    figures.hold(
        Figure(
            f"a clip of 3 x {FRAMES} crops from packs",
            ours * 1000,
            "ms",
            None,
            "one file a crop",
            files * 1000,
        )
    )


def test_packed_keypoints(points: ClipDataset, figures: Figures) -> None:
    ours = seconds_a_clip(lambda: read_all(points, batch_size=16))

    figures.hold(Figure(f"a clip of {FRAMES} x 79 keypoints from a pack", ours * 1000, "ms", 0.5))


def test_memory_stays_flat_over_ten_epochs(crops: ClipDataset, points: ClipDataset, figures: Figures) -> None:
    process = psutil.Process()
    used = []
    for _ in range(10):
        read_all(points)
        read_all(crops)
        used.append(process.memory_info().rss / 1e6)

    figures.hold(
        Figure(
            "memory of epoch 10 above the most of the first five",
            max(0.0, used[-1] - max(used[:5])),
            "MB",
            60,
        )
    )
