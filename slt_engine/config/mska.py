"""The keypoint encoder's facets of the model section: its streams, its gloss MLP, its losses."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from slt_engine.config.base import (
    Flag,
    Kind,
    Maybe,
    NonNegativeReal,
    Otherwise,
    Positive,
    PositiveReal,
    Probability,
    Section,
    read_lower,
    read_lower_or_none,
    read_number,
)


def refuse_even(value: int) -> int:
    """A kernel with a middle frame has an odd width."""
    if value % 2 == 0:
        raise ValueError("must be odd")
    return value


def read_activation(value: Any) -> Any:
    """The activation's name in any case, with a dash or an underscore."""
    return value.strip().lower().replace("-", "_") if isinstance(value, str) else value


def read_sgr_activation(value: Any) -> Any:
    """``linear`` and ``none`` are other words for ``identity``."""
    activation = read_lower_or_none(value)
    return "identity" if activation in ("linear", "none") else activation


MskaEncoder = Annotated[Literal["joint", "paper", "conv"], BeforeValidator(read_lower)]
GlossFusion = Annotated[Literal["add", "concat", "none"], BeforeValidator(read_lower_or_none)]
SgrActivation = Annotated[
    Literal["softmax", "sigmoid", "tanh", "relu", "identity"],
    BeforeValidator(read_sgr_activation),
    Kind("softmax | sigmoid | tanh | relu | identity (also linear, none)"),
]
GlossActivation = Annotated[Literal["leaky_relu"], BeforeValidator(read_activation)]
OddInteger = Annotated[
    int, BeforeValidator(read_number), Field(ge=1), AfterValidator(refuse_even), Kind("odd int >= 1")
]
InputChannels = Annotated[int, BeforeValidator(read_number), Field(ge=2, le=3), Kind("int 2..3")]
CtcVocabulary = Annotated[int, BeforeValidator(read_number), Field(ge=2), Kind("int >= 2")]


class Mska(Section):
    """MSKA keypoint encoder"""

    use_mska: Annotated[bool, Flag("--use-mska/--no-mska")] = False
    """Read keypoints with the multi-stream keypoint encoder. Needs keypoints_dir."""

    mska_encoder: MskaEncoder = "joint"
    """Which encoder reads the keypoints: joint attends over the joints of each frame, conv runs temporal
    convolutions over all joints at once and is much faster on a CPU, paper is the published MSKA network. The losses
    of paper are summed and divided by the clips, as published."""

    mska_batch_invariant: Annotated[bool, Flag("--mska-batch-invariant/--no-mska-batch-invariant")] = True
    """Keep padding out of the paper encoder, so that a clip gives the same alone and in a batch. Off holds a shorter
    clip's last frame and reads it as signing, which reproduces the published numbers."""

    mska_heads: Positive = 4
    """Heads of the attention across streams; joint encoder only."""

    mska_ff_multiplier: Positive = 4
    """Width of the feed-forward layer after the attention across streams, as a multiple; joint encoder
    only."""

    mska_dropout: Probability = 0.1
    """Dropout inside the keypoint encoder; on paper, of the attention maps and in the heads."""

    leaky_relu_negative_slope: NonNegativeReal = 0.01
    """Slope below zero of every LeakyReLU in the keypoint encoder and the gloss MLP. The published network has
    0.1."""

    mska_input_dim: InputChannels = 3
    """Values of a keypoint that are read: 2 is x and y, 3 adds confidence."""

    mska_stream_heads: Positive = 4
    """Heads of the attention over a stream's joints; on paper, the attention maps of a block, 6 as published. Not for
    conv."""

    mska_temporal_blocks: Positive = 2
    """Temporal convolution blocks a stream; on paper, the first N blocks of its table of 8, then repeats of the
    last."""

    mska_temporal_kernel: OddInteger = 3
    """Frames that a temporal convolution spans. Not for paper, whose table has its own."""

    mska_temporal_dilation: Positive = 1
    """Frames between the taps of a temporal convolution. Not for paper."""

    mska_ctc_vocab: Annotated[Maybe[CtcVocabulary], Otherwise("the glosses and the blank")] = None
    """Outputs of the CTC heads, the blank included."""


class MskaSgr(Section):
    """MSKA global matrix (SGR)"""

    mska_use_sgr: Annotated[bool, Flag("--mska-use-sgr/--mska-no-sgr")] = False
    """Mix into the attention over joints a learned matrix that is the same for every clip. Not for the conv
    encoder."""

    mska_sgr_activation: SgrActivation = "softmax"
    """What turns the matrix into weights: softmax along each row, the others entry by entry without
    negatives."""

    mska_sgr_mix: Probability = 0.5
    """Weight of the global matrix: 0 uses the local attention only, 1 the global matrix only."""

    mska_sgr_shared: Annotated[bool, Flag("--mska-sgr-shared/--mska-sgr-per-stream")] = False
    """One matrix for all streams, in which a joint is its place in its stream, instead of one for each."""


class MskaGlosses(Section):
    """MSKA gloss sequence"""

    mska_gloss_hidden_dim: Annotated[Maybe[Positive], Otherwise("d_model")] = None
    """Width of the gloss MLP's hidden layer."""

    mska_gloss_second_hidden_dim: Maybe[Positive] = None
    """Width of a second hidden layer; there is none when not given."""

    mska_gloss_activation: GlossActivation = "leaky_relu"
    """Activation of the gloss MLP."""

    mska_gloss_dropout: Probability = 0.0
    """Dropout after each hidden layer of the gloss MLP."""

    mska_gloss_fusion: GlossFusion = "add"
    """How the gloss sequence reaches the decoder: added to the encoded frames, joined to them in time, or
    not."""


class MskaLosses(Section):
    """MSKA losses"""

    mska_translation_weight: NonNegativeReal = 1.0
    """Weight of the translation loss."""

    mska_ctc_weight: NonNegativeReal = 0.0
    """Weight of the CTC losses of the keypoint streams and of their fusion; 0 turns them off. Needs
    gloss_csv."""

    mska_distillation_weight: NonNegativeReal = 0.0
    """Weight of the self-distillation between the CTC heads; 0 turns it off. Needs gloss_csv."""

    mska_distillation_temperature: PositiveReal = 1.0
    """Temperature of the self-distillation; above 1 softens teacher and student."""

    mska_detach_teacher: Annotated[bool, Flag("--mska-detach-teacher/--mska-attach-teacher")] = True
    """Keep the gradient of the self-distillation from reaching its teacher."""
