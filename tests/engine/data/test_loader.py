"""Batches are the same from any number of readers, which stop when nobody reads on."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from slt_engine.batch import Batch
from slt_engine.clips.errors import DataError
from slt_engine.clips.layouts import LAYOUTS
from slt_engine.data.batches import plan_batches
from slt_engine.data.dataset import Clip, ClipDataset, Sample
from slt_engine.data.loader import batches
from slt_engine.data.point_files import ClipFile, KeypointReading

LAYOUT = LAYOUTS["hands_body_48"]


@pytest.fixture
def dataset(tmp_path: Path) -> ClipDataset:
    """Twelve clips that are read anew each time."""
    rng = np.random.default_rng(0)
    clips = []
    for number, frames in enumerate(rng.integers(5, 30, 12).tolist()):
        path = tmp_path / f"{number}.npy"
        np.save(path, rng.uniform(0.1, 0.9, (frames, 48, 3)).astype(np.float32))
        clips.append(Clip(f"{number}", "hola", (5, 6, 1), (1, 2), keypoints=ClipFile(path, frames)))
    return ClipDataset(
        clips,
        keypoints=KeypointReading(LAYOUT, LAYOUT.used),
        pose=False,
        frame_stride=1,
        sequence_length=20,
        memory_bytes=0,
    )


def assert_equal(first: Batch, second: Batch) -> None:
    assert first.clip_ids == second.clip_ids
    assert first.keypoints_BTJC is not None
    assert second.keypoints_BTJC is not None
    assert torch.equal(first.keypoints_BTJC, second.keypoints_BTJC)
    assert torch.equal(first.frames_BT, second.frames_BT)


def test_the_number_of_workers_changes_nothing(dataset: ClipDataset) -> None:
    plan = plan_batches(dataset.lengths, batch_size=3, seed=1)
    alone = list(batches(dataset, plan))
    assert len(alone) == len(plan)
    for workers in (1, 2):
        for first, second in zip(alone, batches(dataset, plan, num_workers=workers), strict=True):
            assert_equal(first, second)


def test_reading_goes_on_from_a_place_in_the_plan(dataset: ClipDataset) -> None:
    plan = plan_batches(dataset.lengths, batch_size=3, seed=1)
    whole, rest = list(batches(dataset, plan)), list(batches(dataset, plan, start=2))
    assert len(rest) == len(whole) - 2
    for first, second in zip(whole[2:], rest, strict=True):
        assert_equal(first, second)
    assert list(batches(dataset, plan, start=len(plan))) == []


@pytest.mark.parametrize("workers", [0, 2])
def test_torch_s_random_numbers_are_left_alone(dataset: ClipDataset, workers: int) -> None:
    plan = plan_batches(dataset.lengths, batch_size=3)
    torch.manual_seed(0)
    before = torch.get_rng_state()
    list(batches(dataset, plan, num_workers=workers))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("workers", [0, 2])
def test_an_unreadable_clip_is_one_line_from_a_worker_too(dataset: ClipDataset, workers: int) -> None:
    broken = dataset.clips[4].keypoints
    assert broken is not None
    broken.path.write_bytes(b"nothing")
    plan = plan_batches(dataset.lengths, batch_size=3)
    with pytest.raises(DataError, match=r"4\.npy: cannot be read \(.*\)") as caught:
        list(batches(dataset, plan, num_workers=workers))
    assert "\n" not in str(caught.value)


def test_readers_are_gone_when_reading_stops_halfway(dataset: ClipDataset) -> None:
    plan = plan_batches(dataset.lengths, batch_size=2)
    reading = batches(dataset, plan, num_workers=2)
    next(reading)
    assert len(readers()) == 2
    reading.close()  # type: ignore[attr-defined]
    assert readers() == []


def test_readers_stay_no_more_than_their_number_of_batches_ahead(dataset: ClipDataset) -> None:
    asked: list[int] = []

    class Watched(ClipDataset):
        def __getitem__(self, position: int) -> Sample:
            asked.append(position)
            return super().__getitem__(position)

    dataset.__class__ = Watched
    plan = plan_batches(dataset.lengths, batch_size=1)
    reading = batches(dataset, plan, num_workers=2)
    next(reading)
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert len(asked) <= 4


def readers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("reader")]
