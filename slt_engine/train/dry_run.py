"""A dry run: the data opened, the model built, a few steps taken and timed, and nothing left behind."""

from __future__ import annotations

import json
import math
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import torch

from slt_engine.batch import Batch
from slt_engine.config import (
    ConfigError,
    Layer,
    config_document,
    document_layer,
    load_config_document,
    resolve,
)
from slt_engine.model.translator import SignTranslator
from slt_engine.run.directory import RunDir, RunError
from slt_engine.train.estimate import (
    estimate,
    keep_features,
    read_batch,
    time_features,
    time_reading,
    time_validation,
    wait,
)
from slt_engine.train.loop import train_step
from slt_engine.train.prepare import USER_ERRORS, Work, prepare
from slt_engine.train.state import Position

STEPS = 3  # timed, after one over the largest batch
FAILED, WRONG_USE = 1, 2


class Talk:
    """Says on stderr what is being done, and keeps what is worth knowing for the report."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []

    def stage(self, message: str) -> None:
        """What comes now."""
        print(message, file=sys.stderr, flush=True)

    def note(self, message: str) -> None:
        """A line for the report."""
        self.notes.append(message)

    def warn(self, message: str) -> None:
        """A warning for the report."""
        self.warnings.append(message)

    def plan(self, *, epochs: int, steps: int) -> None:
        """The report counts for itself."""


def dry_run(path: Path) -> int:
    """Print as JSON what a run of ``path``, a config file or a run's directory, would take; the exit code.

    Where it cannot go on the JSON holds ``problems``, one line each: 2 for the settings, 1 for what they meet.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="slt-dry-run-") as folder:
            report = _try(_make_run(path, Path(folder) / "run"), Path(folder) / "features", Talk())
    except torch.cuda.OutOfMemoryError:
        return _refuse([_OUT_OF_MEMORY], FAILED)
    except RunError as error:
        return _refuse([str(error)], WRONG_USE)
    except ConfigError as error:
        return _refuse(error.problems, WRONG_USE)
    except (*USER_ERRORS, OSError) as error:
        return _refuse([str(error)], FAILED)
    print(json.dumps(report, ensure_ascii=False))
    return 0


def _refuse(problems: Sequence[str], code: int) -> int:
    print(json.dumps({"problems": list(problems)}, ensure_ascii=False))
    return code


def _make_run(path: Path, place: Path) -> RunDir:
    """A run's directory at ``place`` with the settings of ``path``, read against the directory they were asked in."""
    document = RunDir.open(path).read_config() if path.is_dir() else {}
    layer = document_layer(document, str(path)) if document else load_config_document(path, str(path))
    resolved = resolve([Layer("dry run", {"data.work_dir": str(place)}), layer])
    about = document.get("about")
    cwd = about.get("cwd") if isinstance(about, dict) else None
    return RunDir.create(place, config_document(resolved, {"cwd": cwd or str(Path.cwd())}), {})


def _try(run: RunDir, features: Path, talk: Talk) -> dict[str, Any]:
    talk.stage("opening the data and building the model")
    work = prepare(run, talk)
    if (processes := work.config.training.processes) > 1:
        talk.note(f"tried in one process, with the whole batch; {processes} would share it")
    clips = keep_features(work, features, warn=talk.warn)
    largest_clips, usual_clips = _pick_clips(work)
    largest, usual = (read_batch(work, clips, chosen) for chosen in (largest_clips, usual_clips))
    talk.stage(f"a step over the largest batch: {len(largest)} clips of {largest.frames_BT.shape[1]} frames")
    position = Position()
    first_s, loss = _step(work, largest, position, talk)
    talk.stage(f"{STEPS} steps over a usual batch: {len(usual)} clips of {usual.frames_BT.shape[1]} frames")
    step_s = statistics.median(_step(work, usual, position, talk)[0] for _ in range(STEPS))
    talk.stage("a batch to read, and one to validate")
    reading_s = time_reading(work, clips, usual_clips)
    return {
        "device": str(work.parts.accelerator.device),
        "precision": work.parts.accelerator.mixed_precision.replace("no", "float32"),
        "threads": torch.get_num_threads(),
        "clips": {"train": len(work.splits.train), "val": len(work.splits.val)},
        "vocabulary": {"tokens": len(work.splits.tokenizer), "glosses": len(work.splits.gloss_names)},
        "parameters": _count_parameters(work),
        "batch": _describe(largest),
        "usual_batch": _describe(usual),
        "memory": _memory(work),
        "loss": loss,
        "step": {"first_s": first_s, "median_s": step_s, "data_s": reading_s},
        **estimate(
            work,
            step_s=step_s,
            reading_s=reading_s,
            features_s=time_features(work, usual_clips, reading_s=reading_s),
            validation_s=time_validation(work),
        ),
        "warnings": talk.warnings,
        "notes": talk.notes,
    }


def _pick_clips(work: Work) -> tuple[Sequence[int], Sequence[int]]:
    """Of the first epoch's batches, the clips of the one with the most padded frames and of the one in the middle."""
    lengths = work.changes(1).lengths(work.splits.train)
    by_size = sorted(work.plan(1), key=lambda clips: len(clips) * max(lengths[clip] for clip in clips))
    return by_size[-1], by_size[len(by_size) // 2]


def _step(work: Work, batch: Batch, position: Position, talk: Talk) -> tuple[float, float | None]:
    """Seconds of one optimizer step and its loss; None where a loss that is not finite was skipped."""
    work.parts.model.train()
    position.step += 1
    work.loop.schedule.apply(work.parts.optimizer, step=position.step, epoch=1)
    wait()
    began = time.perf_counter()
    tally, _ = train_step(work.loop, [batch] * work.config.training.grad_accum_steps, position, talk)
    wait()
    took_s = time.perf_counter() - began
    loss = tally.terms()["loss"]
    return took_s, loss if math.isfinite(loss) else None


def _count_parameters(work: Work) -> dict[str, dict[str, int]]:
    """Numbers in each part that has a learning rate of its own, all and those that are trained."""
    model = work.parts.accelerator.unwrap_model(work.parts.model)
    assert isinstance(model, SignTranslator)
    parts = {
        part: {
            "total": sum(p.numel() for _, p in named),
            "trainable": sum(p.numel() for _, p in named if p.requires_grad),
        }
        for part, named in model.parameter_groups().items()
        if named
    }
    whole = {kind: sum(part[kind] for part in parts.values()) for kind in ("total", "trainable")}
    return {**parts, "all": whole}


def _describe(batch: Batch) -> dict[str, Any]:
    shapes = {
        "pose": batch.pose_BTPC,
        "keypoints": batch.keypoints_BTJC,
        **batch.crops_BTHWC,
        **batch.features_BTF,
        "labels": batch.labels_BL,
        "glosses": batch.glosses_BG,
    }
    clips, frames = batch.frames_BT.shape
    told = {name: list(tensor.shape) for name, tensor in shapes.items() if tensor is not None}
    return {"clips": clips, "frames": frames, "shapes": told}


def _memory(work: Work) -> dict[str, Any]:
    """The most that was in use: of the GPU where there is one, else of this process."""
    device = work.parts.accelerator.device
    if device.type == "cuda":
        total = torch.cuda.get_device_properties(device).total_memory
        return {"of": "gpu", "peak_bytes": torch.cuda.max_memory_reserved(device), "total_bytes": total}
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return {"of": "process", "peak_bytes": peak, "total_bytes": psutil.virtual_memory().total}


_OUT_OF_MEMORY = (
    "the GPU's memory is too small for the largest batch; lower --batch-size or --sequence-length, give "
    "--frames-per-batch, or --precision bf16"
)
