"""A process that extracts clips: a job a line on stdin, what becomes of it a line a piece on stdout.

It dies with the process that started it, whose end closes stdin, also in the middle of a clip: no orphan may write
where a resumed extraction already does.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from slt_engine.clips.errors import DataError
from slt_engine.extract.settings import Settings
from slt_engine.extract.sources import Job

TELLS_EVERY_S = 0.25
QUIET = {
    "GLOG_minloglevel": "3",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OPENCV_LOG_LEVEL": "OFF",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "protocol_whitelist;file",
}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # MediaPipe's libraries write there what is no answer
    os.environ.update(QUIET)
    asked: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin, asked), daemon=True).start()
    order = json.loads(asked.get())
    import cv2
    import mediapipe  # noqa: F401 - a broken installation shows before the first clip

    cv2.setNumThreads(1)
    _tell(answers, ready=True)
    settings = Settings(**order["settings"])
    while True:
        _work(answers, json.loads(asked.get()), settings, out=Path(order["out"]), aside=Path(order["aside"]))


def _listen(source: IO[str], asked: queue.SimpleQueue[str]) -> None:
    for line in source:
        asked.put(line)
    os._exit(0)


def _work(answers: IO[str], asked: dict[str, Any], settings: Settings, *, out: Path, aside: Path) -> None:
    from slt_engine.extract.clip import extract_clip

    told_s = 0.0

    def tell(frame: int, frames: int, kept: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= TELLS_EVERY_S:
            told_s = time.monotonic()
            _tell(answers, at=frame, of=frames, kept=kept)

    job = Job(asked["clip_id"], Path(asked["video"]), asked["start_s"], asked["end_s"])
    try:
        line = extract_clip(job, settings, out, aside, tell=tell)
    except DataError as fault:
        _tell(answers, failed=str(fault))
    except OSError as fault:  # of the place that is written to: the videos' own are DataErrors
        _tell(answers, broken=f"{fault.filename or out}: {fault.strerror or fault}")
    else:
        _tell(answers, done=line)


def _tell(answers: IO[str], **what: Any) -> None:
    answers.write(json.dumps(what) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
