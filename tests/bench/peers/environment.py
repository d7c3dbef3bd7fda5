"""The peers' own environment, and what was written for them in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("SLT_BENCH_CACHE", "~/.cache/slt-bench")).expanduser()
PACKAGES = ("wandb==0.31.0", "tensorboard==2.20.0", "setuptools<81", "google-crc32c==1.9.0")


@cache
def peer_program(name: str) -> Path:
    """A program of the peers' environment, which is made where there is none; skips where that cannot be."""
    mark = CACHE / "packages.txt"
    if not mark.exists() or mark.read_text() != "\n".join(PACKAGES):
        _install()
        mark.write_text("\n".join(PACKAGES))
    return CACHE / "venv" / "bin" / name


def written_for(peer: str, count: int) -> Path:
    """The directory in which ``peer`` finds ``count`` steps: kept from bench to bench."""
    directory = CACHE / f"{peer}-{count}"
    if not directory.exists():
        write(peer, count, half := CACHE / f"{peer}-{count}.half")
        half.rename(directory)
    return directory


def write(peer: str, count: int, directory: Path) -> str:
    """Write the steps for ``peer`` with its own Python; what its script printed."""
    python = peer_program("python")
    shutil.rmtree(directory, ignore_errors=True)
    command = [python, HERE / f"write_{peer}.py", str(count), directory]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{peer}: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout


def _install() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    python = CACHE / "venv" / "bin" / "python"
    steps = (
        [sys.executable, "-m", "venv", "--clear", CACHE / "venv"],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr or done.stdout).strip().splitlines()[-1]
            pytest.skip(f"the peers cannot be installed: {reason}")
