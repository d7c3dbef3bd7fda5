"""Small real runs for tests: a generated data set, a directory to train in, the trainer in its own process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from slt_engine.config import (
    Layer,
    config_document,
    describe_origin,
    load_config_document,
    preset_layer,
    resolve,
    set_layers,
)
from slt_engine.run.directory import RunDir
from slt_engine.run.journal import epoch_rows, read_rows, step_rows

ENGINE = (sys.executable, "-m", "slt_engine")


def make_run(path: Path, config: Path, *pairs: str) -> RunDir:
    """A run directory of the preset tiny_cpu on the data set whose --config file is ``config``."""
    layers: list[Layer] = [
        preset_layer("tiny_cpu"),
        load_config_document(config),
        *set_layers([f"data.work_dir={path}", *pairs]),
    ]
    resolved = resolve(layers)
    document = config_document(resolved, describe_origin("test", resolved.config))
    return RunDir.create(path, document, resolved.files)


def train_in_process(run: RunDir, *words: str) -> subprocess.CompletedProcess[str]:
    """The trainer, run to its end."""
    command = [*ENGINE, "train", str(run.path), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def start_trainer(run: RunDir, *words: str) -> subprocess.Popen[bytes]:
    """The trainer, started."""
    command = [*ENGINE, "train", str(run.path), *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(condition: Callable[[], object], *, timeout_s: float = 90.0) -> None:
    """Return as soon as ``condition`` holds."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f"waited {timeout_s} s in vain"
        time.sleep(0.02)


def steps_of(run: RunDir) -> list[dict[str, Any]]:
    """The run's steps, the last row of each."""
    return [dict(row) for row in step_rows(read_rows(run.steps))]


def epochs_of(run: RunDir) -> list[dict[str, Any]]:
    """The run's epochs, the last row of each."""
    return [dict(row) for row in epoch_rows(read_rows(run.metrics))]


def losses_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, float]]:
    """What must not depend on when a run was interrupted."""
    exact = ("loss", "loss_translation", "loss_ctc", "grad_norm", "perplexity", "lr", "learning_rate")
    return [{name: row[name] for name in exact if name in row} for row in rows]


def status_of(run: RunDir) -> dict[str, Any]:
    """status.json."""
    status: dict[str, Any] = json.loads(run.status.read_text())
    return status
