"""Five runs and a data set that are the same whenever and wherever they are made, under the working directory."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_engine.run.notes import Notes, write_notes
from slt_engine.run.status import write_exit, write_status
from tests.support.clip_sets import TEXTS, clip_set
from tests.support.fake_runs import ALIVE, NOBODY, exit_of, status_by
from tests.support.real_config import real_document

NOW = 1_790_000_000.0
ROOT = Path("work_dirs")
DATA = Path("data")
STEPS = 50  # an epoch's
EPOCH_S = 60.0
_ABOUT = {
    "version": "0.1.0",
    "cwd": ".",
    "host": "gpu-box",
    "python": "3.11.7",
    "time": "2026-09-21T10:00:00+00:00",
}


def make_world() -> None:
    """Under the working directory: a run that trains, one stopped, one killed, and two that are done."""
    clip_set(DATA)
    make_run(
        "baseline", epochs=12, age_s=7200, state="finished", notes=Notes(("best",), "as the paper has it")
    )
    make_run("high-lr", "optim.lr=0.003", epochs=12, age_s=5400, state="finished", worse=0.25)
    make_run("seed-7", "training.seed=7", epochs=5, age_s=90_000, state="stopped", worse=0.1)
    make_run("batch-64", "data.batch_size=64", epochs=2, age_s=3 * 86_400, state="running", signal="SIGKILL")
    make_run("live", "model.mska_dropout=0.2", epochs=6, age_s=1, state="running", is_alive=True, worse=0.05)


def make_run(
    name: str,
    *settings: str,
    epochs: int,
    age_s: float,
    state: Literal["running", "stopped", "finished"],
    worse: float = 0.0,
    signal: str | None = None,
    is_alive: bool = False,
    notes: Notes | None = None,
) -> None:
    """A run of twelve planned epochs; ``worse`` lifts its curves."""
    path, ended = ROOT / name, NOW - age_s
    began = ended - epochs * EPOCH_S
    run = RunDir.create(path, document(path, *settings, command=f"slt train --work-dir {path}"), {})
    write_journals(run, epochs, began, worse)
    step = epochs * STEPS
    best: Any = {"metric": "cer", "value": cer(epochs, worse), "epoch": epochs}
    process = ALIVE if is_alive else NOBODY
    status = status_by(process, state=state, best=best)
    status = replace(
        status, epoch=epochs, epochs=12, step=step, steps=12 * STEPS, heartbeat=ended, progressed=ended
    )
    write_status(run, status)
    end = {} if is_alive else {"ended": ended, "signal": signal, "code": None if signal else 0}
    write_exit(run, exit_of(process, process, started=began, **end))
    if notes:
        write_notes(run, notes)
    if state == "stopped":
        run.last.write_bytes(b"weights")
    for file in path.rglob("*"):
        os.utime(file, (ended, ended))


def document(path: Path, *settings: str, command: str) -> dict[str, Any]:
    """config.json, of no particular machine."""
    places = (
        "keypoints_dir=data/processed/keypoints",
        "train_index=data/index/train.csv",
        "val_index=data/index/val.csv",
    )
    told = real_document(path, DATA, *(f"data.{place}" for place in places), *settings)
    return {**told, "about": {**_ABOUT, "command": command, "resolved": told["about"]["resolved"]}}


def write_journals(run: RunDir, epochs: int, began: float, worse: float) -> None:
    """What a trainer writes in so many epochs."""
    steps, rows, events, system = map(Journal, (run.steps, run.metrics, run.events, run.system))
    for step in range(1, epochs * STEPS + 1):
        now = began + EPOCH_S * step / STEPS
        steps.append(
            {"time": now, "step": step, "epoch": 1 + (step - 1) // STEPS, **step_values(step, worse)}
        )
        if step % 2 == 0:
            system.append(load(now, step))
        if step % STEPS == 0:
            rows.append({"time": now, **epoch_values(step // STEPS, worse)})
            for event in samples(step // STEPS):
                events.append({**event, "time": now, "step": step})
    for journal in (steps, rows, events, system):
        journal.close()
    lines = [f"2026-09-21 10:{epoch:02}:00,000 INFO epoch {epoch} done" for epoch in range(1, epochs + 1)]
    run.train_log.write_text("\n".join([*lines, "2026-09-21 10:13:00,000 WARNING 2 clips had no frames", ""]))
    run.console_log.write_text("")


def step_values(step: int, worse: float) -> dict[str, float]:
    """Curves that fall and swing; one spike."""
    translation = (
        0.5 + worse + 3.5 * math.exp(-step / 120) + 0.15 * math.sin(step * 1.7) + 3.0 * (step == 210)
    )
    ctc = 0.2 + worse + 2.5 * math.exp(-step / 60)
    losses = {"loss": translation + ctc, "loss_translation_weighted": translation, "loss_ctc_weighted": ctc}
    pace = {
        "lr": 1e-3 * (1 - step / 700),
        "grad_norm": 1 + 0.4 * math.sin(step),
        "samples_per_s": 88.0 + step % 5,
    }
    return {**losses, "perplexity": math.exp(translation), "teacher_forcing": 1 - step / 1200, **pace}


def epoch_values(epoch: int, worse: float) -> dict[str, Any]:
    """A row of metrics.jsonl."""
    step = epoch * STEPS
    train = step_values(step, worse)
    losses = {name: value for name, value in train.items() if name.startswith("loss") or name == "perplexity"}
    val = {name: 1.1 * value for name, value in losses.items()}
    scores = {
        "cer": cer(epoch, worse),
        "wer": 1.6 * cer(epoch, worse),
        "bleu": 40 - 60 / epoch,
        "chrf": 70 - 50 / epoch,
    }
    rest = {"learning_rate": train["lr"], "samples_per_s": 90.0, "epoch_time_s": EPOCH_S, "improved": True}
    top = {
        "loss_translation_weighted": train["loss_translation_weighted"],
        "loss_ctc_weighted": train["loss_ctc_weighted"],
    }
    totals = {
        "loss_distillation_weighted": 0.0,
        "perplexity": train["perplexity"],
        "train": losses,
        "val": {**val, **scores},
    }
    return {"epoch": epoch, "step": step, **top, **totals, **rest}


def cer(epoch: int, worse: float) -> float:
    """The character error rate after an epoch."""
    return min(1.0, 0.05 + worse / 2 + 0.9 / epoch)


def samples(epoch: int) -> list[dict[str, Any]]:
    """Translations of the clips every third epoch, better as time goes on; and the checkpoint."""
    told: list[dict[str, Any]] = [{"kind": "checkpoint", "epoch": epoch, "path": "last.pt"}]
    if epoch % 3 == 0:
        for clip_id, text in TEXTS.items():
            known = text[: max(3, len(text) * epoch // 12)]
            told.append(
                {"kind": "sample", "epoch": epoch, "clip_id": clip_id, "reference": text, "hypothesis": known}
            )
    return told


def load(now: float, step: int) -> dict[str, Any]:
    """A row of system.jsonl: one GPU, nearly full."""
    gpu = {
        "index": 0,
        "name": "NVIDIA H100",
        "utilisation": 80.0 + step % 17,
        "memory_used_bytes": 61 * 2**30,
    }
    gpu |= {"memory_total_bytes": 80 * 2**30, "power_w": 410.0 + step % 30, "temperature_c": 61.0}
    process = {"cpu_percent": 120.0 + step % 40, "memory_used_bytes": 3 * 2**30}
    host = {
        "cpu_percent": 35.0 + step % 20,
        "memory_used_bytes": 20 * 2**30,
        "memory_total_bytes": 64 * 2**30,
    }
    return {"time": now, "gpus": [gpu], "process": process, "host": host}
