"""The model section: streams, temporal transformer, decoder; mska.py has the keypoint encoder's facets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from slt_engine.config.base import (
    LAST_LANDMARK,
    ClassPath,
    Count,
    Flag,
    JsonObject,
    Kind,
    Landmark,
    Maybe,
    NameOrPath,
    Otherwise,
    Positive,
    PositiveReal,
    Probability,
    Section,
    Text,
    read_list,
    read_lower,
    read_number,
    refuse_repeats,
)
from slt_engine.config.frames import Crops
from slt_engine.config.initial import Initial
from slt_engine.config.mska import Mska, MskaGlosses, MskaLosses, MskaSgr

DECODER_NAMES = {
    "mbart": "facebook/mbart-large-cc25",
    "mbart-large": "facebook/mbart-large-cc25",
    "t5": "google/t5-v1_1-base",
    "t5-base": "google/t5-v1_1-base",
}


def read_decoder_name(value: Any) -> Any:
    """The full name behind a short one such as ``mbart``."""
    return DECODER_NAMES.get(value.strip().lower(), value) if isinstance(value, str) else value


def read_axes(value: Any) -> Any:
    """2 or 3 from its text."""
    return int(value) if isinstance(value, str) and value.strip() in ("2", "3") else value


PoseLandmarks = Annotated[
    int, BeforeValidator(read_number), Field(ge=1, le=LAST_LANDMARK + 1), Kind(f"int 1..{LAST_LANDMARK + 1}")
]
PosePoints = Annotated[
    tuple[Landmark, ...],
    BeforeValidator(read_list),
    Field(min_length=1),
    AfterValidator(refuse_repeats),
    Kind(f"comma-separated landmarks 0..{LAST_LANDMARK}"),
]
PoseAxes = Annotated[Literal[2, 3], BeforeValidator(read_axes)]
DecoderEncoder = Annotated[Literal["drop", "use"], BeforeValidator(read_lower)]
PromptInit = Annotated[Literal["normal", "zero", "uniform", "tokens", "vocab"], BeforeValidator(read_lower)]
PromptTokens = Annotated[
    tuple[Annotated[int, BeforeValidator(read_number), Field(ge=0)], ...],
    BeforeValidator(read_list),
    Field(min_length=1),
    Kind("comma-separated ids"),
]
DecoderName = Annotated[NameOrPath, BeforeValidator(read_decoder_name)]


class Encoder(Section):
    """Encoder"""

    sequence_length: Positive = 128
    """Most frames of a clip after the stride; a longer clip is resampled to it evenly."""

    projector_dim: Positive = 128
    """Width to which each stream is projected before fusion."""

    projector_dropout: Probability = 0.05
    """Dropout on the projected streams."""

    d_model: Positive = 128
    """Width of the fused sequence, of the temporal transformer and of a decoder made from scratch."""

    fusion_dropout: Probability = 0.05
    """Dropout on the fused sequence."""


class Pose(Section):
    """Pose"""

    pose_landmarks: PoseLandmarks = 17
    """Use the first N pose landmarks; 17 reaches the wrists."""

    pose_points: Maybe[PosePoints] = None
    """Use these pose landmarks instead of the first N, for example 0,11,12,13,14,15,16."""

    pose_axes: PoseAxes = 3
    """Values of a landmark that are read: 2 is x and y, 3 adds visibility."""

    pose_projector_dim: Annotated[Maybe[Positive], Otherwise("projector_dim")] = None
    """Width to which the pose is projected."""


class Temporal(Section):
    """Temporal transformer"""

    temporal_nhead: Positive = 4
    """Attention heads; divides d_model."""

    temporal_layers: Count = 3
    """Transformer layers over the frames; 0 leaves positions, dropout and norm."""

    temporal_dim_feedforward: Positive = 384
    """Width of the feed-forward layers."""

    temporal_dropout: Probability = 0.05
    """Dropout inside the temporal transformer."""


class Decoder(Section):
    """Decoder"""

    decoder_layers: Positive = 2
    """Layers of a decoder made from scratch."""

    decoder_heads: Positive = 4
    """Attention heads of a decoder made from scratch. BART and mBART: divides the width; T5: any number."""

    decoder_dropout: Probability = 0.1
    """Dropout of a decoder made from scratch."""

    decoder_model: Maybe[DecoderName] = None
    """Pretrained Hugging Face seq2seq model, by name or path; mbart and t5 are short for
    facebook/mbart-large-cc25 and google/t5-v1_1-base. Excludes decoder_config and decoder_class."""

    decoder_config: Maybe[NameOrPath] = None
    """Hugging Face configuration, by name or path, from which the decoder is made with fresh weights.
    Excludes decoder_model and decoder_class."""

    decoder_class: Maybe[ClassPath] = None
    """Decoder of your own: a torch.nn.Module with forward and generate, as slt_engine.model.custom.Decoder says.
    Excludes decoder_model and decoder_config."""

    decoder_kwargs: JsonObject = Field(default_factory=dict)
    """Fields of the decoder's configuration, or arguments of decoder_class, as a JSON object; they win over the other
    decoder flags.
    model_type picks the shape of a decoder made from scratch: t5 (default), bart or mbart."""

    decoder_local_files_only: Annotated[bool, Flag("--decoder-local-files-only")] = False
    """Never ask the network for the decoder."""

    decoder_encoder: DecoderEncoder = "drop"
    """The decoder model's own encoder: drop leaves it out, use lets it read the encoded frames first, as its
    inputs_embeds."""

    decoder_language: Maybe[Text] = None
    """Language code that a multilingual decoder starts with, for example es_XX for Spanish mBART."""


class Prompt(Section):
    """Decoder prompt"""

    decoder_prompt_length: Count = 0
    """Learnable vectors that the decoder reads before the encoded frames; 0 is no prompt, or as many as
    decoder_prompt_tokens. T5 only."""

    decoder_prompt_init: PromptInit = "normal"
    """How the vectors begin: normal and uniform are random, tokens copies the embeddings of decoder_prompt_text or
    decoder_prompt_tokens, vocab those of random tokens. A text or tokens turn normal into
    tokens."""

    decoder_prompt_text: Maybe[Text] = None
    """Text whose tokens the prompt begins with; a short one repeats, a long one is cut."""

    decoder_prompt_tokens: Maybe[PromptTokens] = None
    """Token ids that the prompt begins with, instead of a text; without decoder_prompt_length they set it."""

    decoder_prompt_std: PositiveReal = 0.02
    """Standard deviation of the init normal."""

    decoder_prompt_range: PositiveReal = 0.5
    """The init uniform draws from minus this to this."""


class Model(Encoder, Crops, Pose, Temporal, Initial, Decoder, Prompt, Mska, MskaSgr, MskaGlosses, MskaLosses):
    """What is built."""
