"""Killed, interrupted, hung, or without room: nothing half done is taken for done, and nobody is left behind."""

from __future__ import annotations

import json
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.engine.extract.videos import SIGNER, contents, read_frames, shared, write_video

Started = subprocess.Popen[str]
Start = Callable[..., Started]


@pytest.fixture(scope="session")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips, which together take some seconds."""
    folder = tmp_path_factory.mktemp("longer")
    frames = read_frames(shared(SIGNER))
    for number in range(3):
        write_video(folder / f"clip{number}.mp4", frames[10 * number : 10 * number + 24])
    return folder


@pytest.fixture(scope="session")
def whole(longer: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an extraction that nobody disturbs comes to."""
    out = tmp_path_factory.mktemp("whole") / "out"
    command = [sys.executable, "-m", "slt_engine", "extract", str(longer), str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return contents(out)


def until(is_so: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for it."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def crops_aside(out: Path) -> int:
    return sum(1 for _ in (out / ".extracting").rglob("*.jpg"))


def workers_of(process: Started) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


@pytest.fixture
def under_way(
    longer: Path, start: Start, tmp_path: Path
) -> Iterator[tuple[Started, Path, list[psutil.Process]]]:
    """An extraction in the middle of its first clip, where it writes, and its workers."""
    out = tmp_path / "out"
    process = start(longer, out, "--timeout", 2)
    until(lambda: crops_aside(out) > 9)
    yield process, out, workers_of(process)
    process.kill()
    process.wait()


UnderWay = tuple[Started, Path, list[psutil.Process]]


def test_killed_in_the_middle_it_is_resumed_to_the_same_files_and_leaves_no_worker(
    longer: Path, whole: dict[str, bytes], start: Start, under_way: UnderWay
) -> None:
    process, out, workers = under_way
    process.kill()
    process.wait()
    until(lambda: not any(worker.is_running() and worker.status() != "zombie" for worker in workers), 10)
    assert start(longer, out, "--resume").wait(120) == 0
    assert contents(out) == whole


def test_interrupted_it_ends_its_workers_and_removes_what_is_not_complete(under_way: UnderWay) -> None:
    process, out, workers = under_way
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "--resume goes on" in err
    assert "Traceback" not in err
    assert not any(worker.is_running() for worker in workers)
    assert not (out / ".extracting").exists()
    assert list((out / "face").iterdir()) == []


def test_a_decoder_that_hangs_is_given_up_and_the_rest_goes_on(under_way: UnderWay) -> None:
    process, out, (worker,) = under_way
    worker.suspend()
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "clip0  " in said
    assert "no frame came for 2 s" in said
    assert statuses(out) == {"clip0": "failed", "clip1": "done", "clip2": "done"}
    assert not worker.is_running()


def test_a_decoder_that_dies_takes_its_video_with_it_only(under_way: UnderWay) -> None:
    process, out, (worker,) = under_way
    worker.kill()
    said, _ = process.communicate(timeout=60)
    assert (process.returncode, "its decoder died (signal 9)" in said) == (1, True)
    assert statuses(out) == {"clip0": "failed", "clip1": "done", "clip2": "done"}


def test_a_second_extraction_to_the_same_place_is_refused(
    longer: Path, start: Start, under_way: UnderWay
) -> None:
    process, out, _ = under_way
    psutil.Process(process.pid).suspend()
    second = start(longer, out, "--resume")
    _, err = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "another extraction is at work here" in err


@pytest.mark.slow
def test_where_nothing_more_can_be_written_it_ends_in_one_line_and_goes_on_later(
    longer: Path, whole: dict[str, bytes], start: Start, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "slt_engine", "extract", str(longer), str(out)]
    refused = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=allow_no_file_above_100_kb, timeout=120
    )
    assert refused.returncode == 1
    assert "make room" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list((out / "keypoints").iterdir())
    assert start(longer, out, "--resume").wait(120) == 0
    assert contents(out) == whole


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_killed_again_and_again_at_random_it_ends_with_the_same_files(
    longer: Path, whole: dict[str, bytes], start: Start, tmp_path: Path, seed: int
) -> None:
    chance, out = random.Random(seed), tmp_path / "out"
    for _ in range(4):
        process = start(longer, out, "--resume", "--workers", chance.choice((1, 2)))
        time.sleep(chance.uniform(0.0, 6.0))
        process.kill()
        process.wait()
    assert start(longer, out, "--resume").wait(120) == 0
    assert contents(out) == whole


def allow_no_file_above_100_kb() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def statuses(out: Path) -> dict[str, str]:
    lines = [json.loads(line) for line in (out / "metadata.jsonl").read_text().splitlines()]
    return {line["video_id"]: line["status"] for line in lines}
