"""Batches are the same from any number of workers, and workers are quiet and mortal."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from slt_engine.batch import Batch
from slt_engine.clips.errors import DataError
from slt_engine.clips.layouts import LAYOUTS
from slt_engine.data.batches import plan_batches
from slt_engine.data.dataset import Clip, ClipDataset, ClipFile, KeypointReading
from slt_engine.data.loader import batches

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are looked at through /proc")

LAYOUT = LAYOUTS["hands_body_48"]
PARENT = """
import pickle, signal, sys
from slt_engine.data.batches import plan_batches
from slt_engine.data.loader import batches

asked = []
signal.signal(signal.SIGINT, lambda *_: asked.append("INT"))
signal.signal(signal.SIGTERM, lambda *_: asked.append("TERM"))
dataset = pickle.load(open(sys.argv[1], "rb"))
plan = plan_batches(dataset.lengths, batch_size=2) * 50
for number, batch in enumerate(batches(dataset, plan, num_workers=2)):
    if number == 0:
        print("reading", flush=True)
        sys.stdin.readline()
print(number + 1, asked, flush=True)
"""


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


def test_workers_are_gone_when_reading_stops_halfway(dataset: ClipDataset) -> None:
    plan = plan_batches(dataset.lengths, batch_size=2)
    reading = batches(dataset, plan, num_workers=2)
    next(reading)
    workers = psutil.Process().children()
    assert len(workers) >= 2
    reading.close()  # type: ignore[attr-defined]
    assert psutil.wait_procs(workers, timeout=10)[1] == []


def test_a_split_in_memory_is_read_without_workers(dataset: ClipDataset) -> None:
    small = dataset.subset(range(len(dataset)))
    small.in_memory = True
    reading = batches(small, plan_batches(small.lengths, batch_size=2), num_workers=2)
    before = len(psutil.Process().children())
    next(reading)
    assert len(psutil.Process().children()) == before


class Reader:
    """A process of its own group that reads with two workers, and has read one batch."""

    def __init__(self, dataset: ClipDataset, folder: Path) -> None:
        (folder / "dataset").write_bytes(pickle.dumps(dataset))
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(folder / "dataset")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "reading\n"
        self.workers = psutil.Process(self.process.pid).children()
        while not all(is_deaf(worker.pid) for worker in self.workers):
            time.sleep(0.01)


def is_deaf(pid: int) -> bool:
    """Whether a worker has started far enough to ignore SIGTERM; before that a signal ends it like any process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    ignored = next(int(line.split()[1], 16) for line in lines if line.startswith("SigIgn"))
    return bool(ignored >> (signal.SIGTERM - 1) & 1)


@pytest.fixture
def reader(dataset: ClipDataset, tmp_path: Path) -> Reader:
    return Reader(dataset, tmp_path)


@pytest.mark.parametrize("name", ["INT", "TERM"])
def test_a_signal_to_the_group_leaves_the_workers_working_and_quiet(reader: Reader, name: str) -> None:
    os.killpg(reader.process.pid, getattr(signal, f"SIG{name}"))
    out, err = reader.process.communicate("\n", timeout=60)
    assert (out, err, reader.process.returncode) == (f"300 ['{name}']\n", "", 0)


def test_workers_die_with_a_parent_that_is_killed(reader: Reader) -> None:
    assert len(reader.workers) == 2
    reader.process.kill()
    reader.process.communicate()
    assert psutil.wait_procs(reader.workers, timeout=10)[1] == []
