"""The rows of a run's journals, as types. Readers must survive missing and unknown keys all the same."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Best(TypedDict):
    """The best validation score so far and the epoch that reached it."""

    metric: str
    value: float
    epoch: int


class Quantiles(TypedDict):
    mean: float
    p50: float
    p95: float


class TeacherForcing(TypedDict):
    mode: str
    ratio: float


class TrainScores(TypedDict, total=False):
    """Means over an epoch of training; every other ``loss_*`` term stands beside ``loss``."""

    loss: float
    loss_translation: float
    loss_translation_weighted: float
    loss_ctc: float
    loss_ctc_weighted: float
    loss_distillation: float
    loss_distillation_weighted: float
    perplexity: float
    loss_quantiles: dict[str, float]


class ValScores(TrainScores, total=False):
    """Validation: losses, and scores of free-running decoding (cer, wer: fractions; bleu, chrf: 0 to 100)."""

    cer: float
    wer: float
    bleu: float
    chrf: float
    gloss_wer: float


class EpochRow(TypedDict):
    """One object of metrics.jsonl. The losses at the top are training's, 0 for a term that is off."""

    epoch: int
    step: int
    time: float
    loss_translation_weighted: float
    loss_ctc_weighted: float
    loss_distillation_weighted: float
    perplexity: float | None
    train: TrainScores
    val: NotRequired[ValScores]
    learning_rate: float
    best: NotRequired[Best | None]
    improved: NotRequired[bool]
    teacher_forcing: NotRequired[TeacherForcing]
    epoch_time_s: float
    iteration_time_s: NotRequired[Quantiles]
    samples_per_s: float
    frames_per_s: NotRequired[float]
    data_wait_share: NotRequired[float]
    peak_memory_bytes: NotRequired[int]


class StepRow(TypedDict):
    """One object of steps.jsonl: one logged optimizer step. Every ``loss_*`` term stands beside ``loss``."""

    step: int
    epoch: int
    time: float
    loss: float
    loss_translation: NotRequired[float]
    loss_translation_weighted: NotRequired[float]
    loss_ctc: NotRequired[float]
    loss_ctc_weighted: NotRequired[float]
    loss_distillation: NotRequired[float]
    loss_distillation_weighted: NotRequired[float]
    perplexity: NotRequired[float | None]
    teacher_forcing: NotRequired[float]
    lr: float
    grad_norm: NotRequired[float | None]
    tokens: NotRequired[int]
    frames: NotRequired[int]
    samples_per_s: NotRequired[float]
    data_wait_s: NotRequired[float]


class EventRow(TypedDict):
    """One object of events.jsonl. ``kind`` says which of the optional keys it has."""

    kind: Literal["sample", "checkpoint", "warning", "alert"]
    time: float
    epoch: int
    step: int
    message: NotRequired[str]
    path: NotRequired[str]
    clip_id: NotRequired[str]
    reference: NotRequired[str]
    hypothesis: NotRequired[str]
    gloss_reference: NotRequired[str]
    gloss_hypothesis: NotRequired[str]


class GpuLoad(TypedDict):
    index: int
    name: str
    utilisation: float
    memory_used_bytes: int
    memory_total_bytes: int
    power_w: NotRequired[float | None]
    temperature_c: NotRequired[float | None]


class Load(TypedDict):
    """``cpu_percent`` of one core: a process on two cores may say 200."""

    cpu_percent: float
    memory_used_bytes: int
    memory_total_bytes: NotRequired[int]


class SystemRow(TypedDict):
    """One object of system.jsonl, every 2 s."""

    time: float
    gpus: list[GpuLoad]
    process: Load
    host: Load


Row = dict[str, Any]
