"""The training section: how long, on what, how it is validated, logged and stopped."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from slt_engine.config.base import (
    Count,
    File,
    Integer,
    Kind,
    Maybe,
    Otherwise,
    Positive,
    PositiveReal,
    Probability,
    Real,
    Section,
    Text,
    read_lower,
)


def read_precision(value: Any) -> Any:
    """The precision's name in any case; fp32 is float32."""
    name = read_lower(value)
    return "float32" if name == "fp32" else name


Device = Annotated[
    str,
    BeforeValidator(read_lower),
    Field(pattern=r"^(auto|cpu|cuda(:\d+)?)$"),
    Kind("auto | cpu | cuda | cuda:N"),
]
Precision = Annotated[Literal["amp", "float32", "bf16", "fp16"], BeforeValidator(read_precision)]
Metric = Annotated[Literal["loss", "bleu", "chrf", "cer", "wer"], BeforeValidator(read_lower)]
TeacherForcingMode = Annotated[Literal["standard", "scheduled"], BeforeValidator(read_lower)]
Nonfinite = Annotated[Literal["skip", "stop"], BeforeValidator(read_lower)]


class Execution(Section):
    """Execution"""

    epochs: Positive = 40
    """Passes over the training clips. More of them on --resume stretch a cosine schedule that has no scheduler_tmax."""

    device: Device = "auto"
    """Where to train; auto takes a GPU when there is one. cuda without a GPU is an error."""

    precision: Precision = "amp"
    """Number format: amp is bf16 where the GPU has it, else fp16 with a loss scaler, and float32 on a CPU;
    fp32 is another spelling of float32."""

    processes: Positive = 1
    """Processes on this machine that share every batch, one a GPU; batch_size stays that of the whole batch. For
    several machines start each with torchrun."""

    seed: Integer = 1234
    """Seed of everything random; the same seed on the same machine gives the same run."""

    compile: bool = False
    """Compile the model's blocks by torch.compile: minutes at the start, quicker steps afterwards. Worth it for long
    runs on a GPU."""

    compile_mode: Maybe[Text] = None
    """Mode of torch.compile, such as reduce-overhead or max-autotune; torch's default when not given."""

    gradient_checkpointing: Annotated[Maybe[bool], Otherwise("on where a backbone trains")] = None
    """Compute activations again in the backward pass instead of keeping them: far less memory, about a third more
    time."""

    init_checkpoint: Maybe[File] = None
    """Checkpoint whose model weights training starts from; optimizer and counters start fresh. Excludes
    --resume."""


class Steps(Section):
    """Steps"""

    grad_accum_steps: Positive = 1
    """Batches whose gradients are gathered for one optimizer step."""

    max_train_steps: Maybe[Positive] = None
    """Stop after this many optimizer steps, even in the middle of an epoch."""

    subset_size: Maybe[Positive] = None
    """Train on this many clips only, drawn with the seed."""

    ema_decay: Maybe[Probability] = None
    """Keep a moving average of the weights with this decay a step, 0.999 say; validation, decoding and best.pt use
    it, training goes on with the weights themselves. Off when not given."""

    nonfinite: Nonfinite = "stop"
    """What to do when the loss is not a finite number: skip the step, or stop."""


class TeacherForcing(Section):
    """Teacher forcing"""

    teacher_forcing_mode: TeacherForcingMode = "standard"
    """What the decoder reads in training: standard is always the reference, scheduled mixes in tokens of its own."""

    teacher_forcing_ratio: Probability = 1.0
    """Probability with which scheduled mode reads the reference's token in the first epoch."""

    teacher_forcing_min_ratio: Probability = 0.0
    """Least probability that scheduled mode falls to; not above teacher_forcing_ratio."""

    teacher_forcing_decay: PositiveReal = 1.0
    """Factor on the probability with every epoch of scheduled mode; 0.9 takes a tenth of it."""


class Validation(Section):
    """Validation"""

    best_metric: Metric = "loss"
    """Validation score that decides which epoch is kept as best.pt. Where mska_translation_weight is 0, wer is that of
    the glosses."""

    early_stopping_patience: Maybe[Positive] = None
    """Stop after this many epochs without a better best_metric; never when not given."""

    decode_every: Count = 1
    """Epochs between validations by free-running decoding, which give BLEU, chrF, CER and WER; 0 never
    decodes."""

    decode_clips: Annotated[Maybe[Positive], Otherwise("all")] = None
    """Decode this many validation clips only."""

    num_beams: Positive = 1
    """Beams of the text decoder; 1 is greedy."""

    ctc_num_beams: Positive = 1
    """Prefixes that the search for glosses keeps; 1 takes the likeliest label of each frame."""

    length_penalty: Real = 1.0
    """Exponent of the length in a beam's score; above 0 favours longer texts. Acts with num_beams above 1."""

    max_new_tokens: Annotated[Maybe[Positive], Otherwise("max_target_length")] = None
    """Most tokens of a decoded text."""


class Logging(Section):
    """Logging"""

    log_every_steps: Positive = 10
    """Optimizer steps between rows of steps.jsonl."""

    checkpoint_every_steps: Maybe[Positive] = None
    """Optimizer steps between checkpoints inside an epoch, besides the one at its end."""

    tensorboard: bool = False
    """Write everything that is measured for TensorBoard too: tensorboard --logdir WORK_DIR shows it. Needs
    slt-workbench[tensorboard]."""


class Training(Execution, Steps, TeacherForcing, Validation, Logging):
    """How training goes."""
