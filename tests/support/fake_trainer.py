"""A trainer without a model: a real process that writes a run's files, hears signals and the stop file.

Usage: python fake_trainer.py [--epochs N] [--steps N] [--step-s S] [--deaf] [--die CODE] [--child FILE]
train RUN_DIR [--resume]. ``--steps`` are an epoch's. ``--deaf`` ignores every wish to stop; ``--die`` ends in
the second epoch; ``--child`` leaves a process behind whose pid is in FILE.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from slt_engine.run.directory import RunDir
from slt_engine.run.files import replace_file
from slt_engine.run.journal import Journal
from slt_engine.run.lock import keep_lock
from slt_engine.run.status import Status, Told, write_status

CODES = {"stop file": 0, "SIGINT": 130, "SIGTERM": 143}


class FakeTrainer:
    """One session of pretended training."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.run = RunDir(options.run_dir)
        keep_lock(self.run)
        self.asked_by = ""
        self.status = Status.begin(epochs=options.epochs, steps=options.epochs * options.steps)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.hear)

    def hear(self, number: int, _: object) -> None:
        print(f"heard {signal.Signals(number).name}", flush=True)
        if not self.options.deaf:
            self.asked_by = self.asked_by or signal.Signals(number).name

    def say(self, state: Told, message: str = "") -> None:
        self.status = replace(self.status, state=state, message=message, heartbeat=time.time())
        write_status(self.run, self.status)

    def train(self) -> int:
        self.say("starting")
        if self.options.child:
            child = subprocess.Popen(["sleep", "60"])
            self.options.child.write_text(str(child.pid))
        metrics, steps, events = (
            Journal(path) for path in (self.run.metrics, self.run.steps, self.run.events)
        )
        for epoch in range(1, self.options.epochs + 1):
            for _ in range(self.options.steps):
                self.step(epoch, steps)
                if self.should_stop():
                    return self.stop()
            if epoch == 2 and self.options.die is not None:
                print(
                    "Traceback (most recent call last):\nRuntimeError: the model is on fire", file=sys.stderr
                )
                return int(self.options.die)
            metrics.append(epoch_row(epoch, self.status.step))
            events.append(
                {"kind": "sample", "reference": "guitarra", "hypothesis": "gitarra", "epoch": epoch}
            )
            self.status = replace(self.status, best={"metric": "cer", "value": 0.5 / epoch, "epoch": epoch})
        self.say("finished")
        return 0

    def step(self, epoch: int, steps: Journal) -> None:
        time.sleep(self.options.step_s)
        now, step = time.time(), self.status.step + 1
        steps.append(
            {"step": step, "epoch": epoch, "time": now, "loss": 3 / step, "perplexity": 20 / step, "lr": 1e-3}
        )
        self.status = replace(self.status, epoch=epoch, step=step, progressed=now)
        self.say("stopping" if self.asked_by else "running")

    def should_stop(self) -> bool:
        if not self.options.deaf and self.run.stop.exists():
            self.asked_by = self.asked_by or "stop file"
        return bool(self.asked_by)

    def stop(self) -> int:
        replace_file(self.run.last, b"weights")
        self.run.stop.unlink(missing_ok=True)
        self.say("stopped", f"asked to by {self.asked_by}")
        return CODES[self.asked_by]


def epoch_row(epoch: int, step: int) -> dict[str, object]:
    """A row of metrics.jsonl with everything that run.md names at its top."""
    losses = {"loss": 2 / epoch, "loss_translation_weighted": 1.5 / epoch, "loss_ctc_weighted": 0.5 / epoch}
    val = {**losses, "loss": 2.5 / epoch, "perplexity": 12 / epoch, "cer": 0.5 / epoch, "wer": 1 / epoch}
    return {
        "epoch": epoch,
        "step": step,
        "time": time.time(),
        **losses,
        "loss_distillation_weighted": 0.0,
        "perplexity": 8 / epoch,
        "train": {**losses, "perplexity": 8 / epoch},
        "val": {**val, "bleu": 10.0 * epoch, "chrf": 12.0 * epoch},
        "learning_rate": 1e-3,
        "improved": True,
        "epoch_time_s": 1.5,
    }


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["train"])
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--step-s", type=float, default=0.01)
    parser.add_argument("--deaf", action="store_true")
    parser.add_argument("--die", type=int)
    parser.add_argument("--child", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(FakeTrainer(parse()).train())
