"""What a training step of the large presets costs on a GPU: ``python -m tests.bench.gpu_steps``.

Models stand at their true size with random weights, batches on the device (no data wait), in bf16. For each case: peak
memory, step time, and the share of the matrix peak measured beside it that the model's own FLOPs come to: the forward
pass three times, of what is frozen once, what checkpointing computes again not counted. ``--device cpu --small`` runs
the same on a CPU with models cut down, to see that it runs.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from slt_engine.batch import Batch
from slt_engine.config import Config, Layer, load_preset, resolve
from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.build import outline_model
from slt_engine.model.translator import SignTranslator
from slt_engine.train.compiling import compile_model
from slt_engine.train.optim import build_optimizer
from slt_engine.train.recomputing import recompute_activations
from tests.bench.gpu_batches import GLOSSES, LAYOUT, letters, made_batch
from tests.bench.gpu_device import device_name, matrix_tflops, peak_gb, reset_peak, timed

AIM_GB, AIM_SHARE = 10.0, 0.25  # of every case, and of those whose backbones train
SMALL: dict[str, Any] = {
    **{f"model.{stream}_backbone": "tiny" for stream in ("face", "hand_left", "hand_right")},
    "model.image_size": 28,
    "model.d_model": 32,
    "model.decoder_model": None,
    "model.decoder_language": None,
    "model.mska_temporal_blocks": 2,
}
CROPS = {f"data.{stream}_dir": stream for stream in ("face", "hand_left", "hand_right")}
PATHS = {
    f"data.{name}": name for name in ("work_dir", "metadata_csv", "train_index", "val_index", "gloss_csv")
}
STREAMS: dict[str, dict[str, Any]] = {
    "signmusketeers": {**CROPS, "data.pose_dir": "pose"},
    "mska_paper_mbart": {"data.keypoints_dir": "keypoints"},
}
TRAINED = {f"model.freeze_{stream}_backbone": False for stream in ("face", "hand_left", "hand_right")}
KEPT = {"training.gradient_checkpointing": False}


@dataclass(frozen=True)
class Case:
    """A preset and what is changed of it; ``cached`` reads features of frozen backbones, as every later epoch does."""

    preset: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    cached: bool = False
    compiled: bool = False


CASES = (
    Case("signmusketeers", "frozen, features cached", cached=True),
    Case("signmusketeers", "frozen, features cached, compiled", cached=True, compiled=True),
    Case("signmusketeers", "frozen, first epoch"),
    Case("signmusketeers", "trained, checkpointed, chunks of 32", {**TRAINED, "model.frames_chunk": 32}),
    Case("signmusketeers", "trained, checkpointed, chunks of 64", TRAINED),
    Case("signmusketeers", "trained, checkpointed, chunks of 128", {**TRAINED, "model.frames_chunk": 128}),
    Case("signmusketeers", "trained, checkpointed, compiled", TRAINED, compiled=True),
    Case("signmusketeers", "trained, all kept", {**TRAINED, **KEPT}),
    Case("mska_paper_mbart", "all kept", KEPT),
    Case("mska_paper_mbart", "checkpointed", {"training.gradient_checkpointing": True}),
    Case("mska_paper_mbart", "compiled", KEPT, compiled=True),
)


@dataclass(frozen=True)
class Measured:
    """A case's figures; None where memory did not suffice."""

    case: Case
    peak_gb: float | None = None
    step_s: float | None = None
    model_tflop: float | None = None

    def cells(self, matrix_tflops: float) -> tuple[str, ...]:
        """A row of the table."""
        if self.peak_gb is None or self.step_s is None or self.model_tflop is None:
            return (self.case.preset, self.case.name, "out of memory", "", "", "", "")
        share = self.model_tflop / self.step_s / matrix_tflops
        aims = [self.peak_gb <= AIM_GB, "trained" not in self.case.name or share >= AIM_SHARE]
        return (
            self.case.preset,
            self.case.name,
            f"{self.peak_gb:.2f} GB",
            f"{1e3 * self.step_s:.1f} ms",
            f"{self.model_tflop:.2f} TFLOP",
            f"{100 * share:.1f} %",
            "yes" if all(aims) else "NO",
        )


def main(arguments: list[str] | None = None) -> int:
    """Measure every case whose name or preset holds ``--only``; the table goes to stdout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="models cut down, to see that it runs")
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--frames", type=int, default=128)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warm-up", type=int, default=3, help="steps before those that are measured")
    parser.add_argument("--only", default="", help="a part of the preset's or the case's name")
    options = parser.parse_args(arguments)
    if options.device.startswith("cuda") and not torch.cuda.is_available():
        print("torch sees no GPU here; --device cpu --small shows that the script runs", file=sys.stderr)
        return 2
    peak = matrix_tflops(options.device, side=512 if options.small else 8192)
    chosen = [case for case in CASES if options.only in f"{case.preset} {case.name}"]
    rows = [measure(case, options).cells(peak) for case in chosen]
    print(f"{device_name(options.device)}: {peak:.1f} TFLOP/s in bf16 matrices; torch {torch.__version__}")
    print(
        f"batch {options.clips} x {options.frames} frames, {options.steps} steps after {options.warm_up}, no data wait"
    )
    print(*lines(rows), sep="\n")
    return 0


def measure(case: Case, options: argparse.Namespace) -> Measured:
    """One case from a clean device; a compiler's own failure is not caught."""
    gc.collect()
    if options.device.startswith("cuda"):
        torch.cuda.empty_cache()
    try:
        return _measure(case, options)
    except torch.OutOfMemoryError:
        return Measured(case)


def _measure(case: Case, options: argparse.Namespace) -> Measured:
    torch.manual_seed(0)
    config = case_config(case, small=options.small)
    tokenizer = letters()
    model = outline_model(
        config, layout=LAYOUT, tokenizer=tokenizer, gloss_names=GLOSSES, device=options.device
    )
    batch = made_batch(config, tokenizer, clips=options.clips, frames=options.frames).to(
        torch.device(options.device)
    )
    if case.cached:
        batch = with_features(model, batch)
    flops = model_flops(model, batch, options.device)
    if case.compiled:
        compile_model(model, config.training.compile_mode)
    if config.derived().gradient_checkpointing:
        recompute_activations(model)
    step = stepper(model, config, batch, options.device)
    for _ in range(options.warm_up):
        step()
    reset_peak(options.device)
    times = [timed(step, options.device) for _ in range(options.steps)]
    return Measured(case, peak_gb(options.device), statistics.median(times), flops / 1e12)


def case_config(case: Case, *, small: bool) -> Config:
    """The preset with its streams on and the case's changes over it."""
    layers = [
        load_preset(case.preset).layer,
        Layer("bench", {**PATHS, **STREAMS[case.preset]}),
        Layer("small", SMALL if small else {}),
        Layer("case", dict(case.values) | ({"model.frames_chunk": 4} if small else {})),
    ]
    return resolve(layers).config


def with_features(model: SignTranslator, batch: Batch) -> Batch:
    """What the cache gives from the second epoch on."""
    features = {
        stream: model.frame_features(stream, crops, batch.crops_mask_BT[stream])
        for stream, crops in batch.crops_BTHWC.items()
    }
    return replace(batch, crops_BTHWC={}, features_BTF=features)


def stepper(model: SignTranslator, config: Config, batch: Batch, device: str) -> Callable[[], None]:
    """One optimizer step on the batch."""
    derived, settings = config.derived(), config.model
    rates = {part: getattr(derived, f"lr_{part}") for part in ("encoder", "mska", "mapper", "decoder")}
    optimizer = build_optimizer(
        model.parameter_groups(), rates, name=config.optim.optimizer, weight_decay=config.optim.weight_decay
    )
    weights = LossWeights(
        translation=settings.mska_translation_weight,
        ctc=settings.mska_ctc_weight,
        distillation=settings.mska_distillation_weight,
        temperature=settings.mska_distillation_temperature,
        detach_teacher=settings.mska_detach_teacher,
        label_smoothing=config.optim.label_smoothing,
        summed=settings.use_mska and settings.mska_encoder == "paper",
    )
    model.train()

    def step() -> None:
        with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
            losses = compute_losses(model(batch), batch, weights)
        losses.total.backward()
        optimizer.step()
        optimizer.zero_grad()

    return step


def model_flops(model: SignTranslator, batch: Batch, device: str) -> float:
    """FLOPs of a training step: three forward passes, of frozen backbones one."""
    with torch.autocast(torch.device(device).type, dtype=torch.bfloat16), torch.no_grad():
        with FlopCounterMode(display=False) as counter:
            model.eval()(batch)
        with FlopCounterMode(display=False) as frozen:
            for stream, crops in batch.crops_BTHWC.items():
                if model.frames is not None and model.frames.streams[stream].frozen:
                    model.frame_features(stream, crops, batch.crops_mask_BT[stream])
    once = frozen.get_total_flops()
    return 3.0 * (counter.get_total_flops() - once) + once


def lines(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """The table, its columns aligned."""
    headings = ("preset", "case", "peak", "step", "model", "of the peak", "aims met")
    table = [headings, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings))]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


if __name__ == "__main__":
    sys.exit(main())
