"""An extraction from its videos to its last file: what is there is kept, what fails is told and passed over."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.extract.metadata import (
    Line,
    add_line,
    complete_clips,
    head_of,
    read_metadata,
    remove_files,
    write_metadata,
)
from slt_engine.extract.pool import HANGS_AFTER_S, INSTALL, Outcome, OutputError, Pool, Progress
from slt_engine.extract.progress import Meter
from slt_engine.extract.settings import Settings, claim
from slt_engine.extract.sources import Job, relative_name

ASIDE, PROGRESS = ".extracting", "progress.json"
_LEAVES_S = (
    5.0  # workers of an extraction that was killed are gone, and their lock with them, well within this
)


@dataclass(frozen=True)
class Extraction:
    """What there is to do, and how: ``source`` is what videos are named from in the metadata."""

    jobs: list[Job]
    source: Path
    out: Path
    settings: Settings
    workers: int = 1
    resume: bool = False
    hangs_after_s: float = HANGS_AFTER_S


@dataclass(frozen=True)
class Summary:
    """What an extraction came to; ``failed`` are the lines of clips that were passed over."""

    kept: int
    done: list[Line]
    failed: list[Line]
    seconds: float

    @property
    def frames(self) -> int:
        return sum(line["frames"]["pose"] for line in self.done)


def extract(extraction: Extraction) -> Summary:
    """Extract every clip that is not there yet. Raises DataError where nothing can be done or written."""
    _need_mediapipe()
    out, began = extraction.out, time.monotonic()
    with _told(out), _locked(out) as lock_fd:
        claim(out, extraction.settings, resume=extraction.resume)
        heads = {job.clip_id: _head(job, extraction.source) for job in extraction.jobs}
        lines = read_metadata(out)
        complete = complete_clips(out, lines, heads)
        rest = [job for job in extraction.jobs if job.clip_id not in complete]
        lines = {
            clip_id: line for clip_id, line in lines.items() if clip_id in complete or clip_id not in heads
        }
        write_metadata(out, lines)
        remove_files(out, {job.clip_id for job in rest})
        aside = out / ASIDE
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        meter = Meter(_weights(rest), done=len(complete), file=aside / PROGRESS)
        try:
            with _pool(extraction, lock_fd) as pool:
                made = list(_work(extraction, rest, heads, meter, pool))
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        write_metadata(out, {**lines, **{line["video_id"]: line for line in made}})
    done = [line for line in made if line["status"] == "done"]
    failed = [line for line in made if line["status"] != "done"]
    return Summary(
        len(complete), done, sorted(failed, key=lambda line: line["video_id"]), time.monotonic() - began
    )


def _work(
    extraction: Extraction, jobs: list[Job], heads: dict[str, Line], meter: Meter, pool: Pool
) -> Iterator[Line]:
    for happened in _happenings(jobs, pool):
        if isinstance(happened, Progress):
            share = happened.frame / happened.frames if happened.frames > 0 else 0.0
            meter.goes_on(happened.clip_id, share=share, frames=happened.kept)
        elif isinstance(happened, Outcome):
            clip_id, line = happened.job.clip_id, happened.line
            what = line or {"status": "failed", "problem": happened.problem}
            add_line(extraction.out, {**heads[clip_id], **what})
            meter.is_over(clip_id, line["frames"]["pose"] if line else 0, failed=line is None)
            yield {**heads[clip_id], **what}
        meter.show()
    meter.end()


def _happenings(jobs: list[Job], pool: Pool) -> Iterator[Progress | Outcome | None]:
    yield from (Outcome(job, problem=job.fault) for job in jobs if job.fault)
    yield from pool.run(job for job in jobs if not job.fault)


def _pool(extraction: Extraction, lock_fd: int) -> Pool:
    out = extraction.out.absolute()
    return Pool(
        extraction.settings,
        out,
        out / ASIDE,
        workers=extraction.workers,
        hangs_after_s=extraction.hangs_after_s,
        lock_fd=lock_fd,
    )


def _need_mediapipe() -> None:
    if find_spec("mediapipe") is None or find_spec("cv2") is None:
        raise DataError(
            f'MediaPipe is not installed: pip install "{INSTALL}" (Python 3.11 or 3.12; it has no wheel for 3.13)'
        )


def _head(job: Job, source: Path) -> Line:
    if job.fault and not job.video.is_file():
        return head_of(job, str(job.video), None)
    return head_of(job, relative_name(job.video, source), job.video.stat().st_size)


def _weights(jobs: Iterable[Job]) -> dict[str, float]:
    """Bytes of whole videos, seconds of pieces: an extraction has either."""
    return {job.clip_id: 0.0 if job.fault else _weight(job) for job in jobs}


def _weight(job: Job) -> float:
    return job.video.stat().st_size if job.end_s is None else job.end_s - job.start_s


@contextmanager
def _locked(out: Path) -> Iterator[int]:
    """The lock of ``out``, which workers inherit. Raises DataError where another extraction has it."""
    out.mkdir(parents=True, exist_ok=True)
    fd = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        deadline = time.monotonic() + _LEAVES_S
        while not _try_lock(fd):
            if time.monotonic() > deadline:
                raise DataError(f"{out}: another extraction is at work here; wait for it or end it")
            time.sleep(0.05)
        yield fd
    finally:
        os.close(fd)


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _told(out: Path) -> Iterator[None]:
    """What the system refuses to write, as a DataError."""
    try:
        yield
    except OutputError as fault:
        raise DataError(f"{fault}; make room, then the same command with --resume goes on") from fault
    except OSError as fault:
        more = (
            "; make room, then the same command with --resume goes on" if fault.errno == errno.ENOSPC else ""
        )
        raise DataError(f"{fault.filename or out}: {fault.strerror or fault}{more}") from fault
