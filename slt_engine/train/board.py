"""A run's rows as TensorBoard shows them: event files beside the journals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from slt_engine.config import ConfigError
from slt_engine.config.paths import tensorboard_missing

FLUSH_S = 30
NOT_SHOWN = ("step", "epoch", "time")
SPEED = (
    "epoch_time_s",
    "samples_per_s",
    "frames_per_s",
    "data_wait_share",
    "peak_memory_bytes",
    "learning_rate",
)


class Board:
    """Writes numbers under step/, train/, val/ and epoch/, all over the optimizer steps.

    What an interrupted run wrote after ``step``, from which it goes on, is not shown twice. Raises ConfigError where
    TensorBoard is not installed.
    """

    def __init__(self, folder: Path, *, step: int) -> None:
        if problem := tensorboard_missing():
            raise ConfigError([f"training.tensorboard: {problem}"])
        from torch.utils.tensorboard import SummaryWriter  # seconds to import, and only for who asks

        self._writer = SummaryWriter(str(folder), purge_step=step + 1, flush_secs=FLUSH_S)

    def step(self, row: Mapping[str, Any]) -> None:
        """A row of steps.jsonl."""
        self._show("step", row, step=row["step"])

    def epoch(self, row: Mapping[str, Any]) -> None:
        """A row of metrics.jsonl."""
        for part in ("train", "val"):
            self._show(part, row[part], step=row["step"])
        self._show("epoch", {name: row[name] for name in SPEED}, step=row["step"])
        self._writer.flush()

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()

    def _show(self, part: str, values: Mapping[str, Any], *, step: int) -> None:
        for name, value in _numbers(values):
            self._writer.add_scalar(f"{part}/{name}", value, step)


def _numbers(values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in values.items():
        if isinstance(value, int | float) and name not in NOT_SHOWN:
            yield name, value
