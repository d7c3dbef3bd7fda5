"""The runs that the pictures show: made by the real commands where missing, and kept in work_dirs/.pictures."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
HOME = REPOSITORY / "work_dirs" / ".pictures"  # hidden: `slt runs ls` passes it over
ROOT = Path("work_dirs")  # as the pictures have it, seen from HOME

_TRAIN = ("train", "--decoder-preset", "demo", "--config", "data/demo/demo.yaml")


def prepare() -> None:
    """Make what is missing: some ten minutes the first time, nothing later."""
    (HOME / ROOT).mkdir(parents=True, exist_ok=True)
    if not (HOME / "data").exists():
        (REPOSITORY / "data").mkdir(exist_ok=True)
        (HOME / "data").symlink_to(REPOSITORY / "data")
    for name, make in _RUNS.items():
        if not (HOME / ROOT / name / "config.json").exists():
            print(f"training {name}", file=sys.stderr)
            make(f"{ROOT}/{name}")


def _demo(path: str) -> None:
    """The demo's run; that of `make demo` will do."""
    made = REPOSITORY / path
    if (made / "eval" / "unseen.json").exists():
        shutil.copytree(made, HOME / path)
    else:
        _slt("demo", "--work-dir", path)


def _faster(path: str) -> None:
    """The same with another learning rate and a smaller teacher forcing."""
    _slt(*_TRAIN, "--work-dir", path, "--lr", "2e-3")
    _slt("runs", "tag", path, "--add", "lr", "--note", "twice the learning rate")


def _stopped(path: str) -> None:
    """Stopped in its fourth epoch, with a checkpoint."""
    _slt(*_TRAIN, "--work-dir", path, "--seed", "7", "--detach")
    _wait_for_epochs(path, 3)
    _slt("runs", "stop", path)


def _killed(path: str) -> None:
    """Killed in its second epoch, as a system out of memory does."""
    _slt(*_TRAIN, "--work-dir", path, "--batch-size", "64", "--detach")
    _wait_for_epochs(path, 1)
    os.kill(json.loads((HOME / path / "status.json").read_text())["pid"], signal.SIGKILL)


def _slt(*words: str) -> None:
    command = [sys.executable, "-m", "slt_tui", *words]
    subprocess.run(command, cwd=HOME, stdout=sys.stderr, check=True)


def _wait_for_epochs(path: str, epochs: int) -> None:
    metrics = HOME / path / "metrics.jsonl"
    while not metrics.exists() or metrics.read_text().count("\n") < epochs:
        time.sleep(0.5)


_RUNS = {"demo": _demo, "faster": _faster, "seed-7": _stopped, "batch-64": _killed}
