"""Settings that were given and that nothing reads: worth a word, not an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from slt_engine.config.base import Section
from slt_engine.config.config import T5, Config
from slt_engine.config.data import CROP_STREAMS
from slt_engine.config.model import Pose, Prompt, Temporal
from slt_engine.config.mska import Mska, MskaGlosses, MskaSgr
from slt_engine.config.resolution import Resolved
from slt_engine.config.training import TeacherForcing


class Idle(NamedTuple):
    """Keys that do nothing while ``holds`` is true, and why."""

    keys: frozenset[str]
    holds: Callable[[Config], object]
    why: str


class Notice(NamedTuple):
    """A setting that is worth a word; where somebody is to be told, ``source`` says who set it."""

    key: str
    message: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.source}: {self.key} {self.message}" if self.source else f"{self.key} {self.message}"


def list_notices(resolved: Resolved) -> list[str]:
    """One line for each setting that has no effect here, and for each that is known to hurt."""
    return [f"note: {notice}" for notice in find_notices(resolved)]


def find_notices(resolved: Resolved) -> list[Notice]:
    """The same with the settings apart."""
    return _list_warnings(resolved.config) + [
        Notice(row.key, f"has no effect: {idle.why}", row.source)
        for row in resolved.overrides
        for idle in [_first_idle(row.key, resolved.config)]
        if idle
    ]


def _list_warnings(config: Config) -> list[Notice]:
    return [*_warn_of_the_slope(config), *_warn_of_fp16(config), *_warn_of_the_scale(config)]


def _warn_of_the_slope(config: Config) -> list[Notice]:
    """The flag's default is the guide's, and paper is not the published network with it."""
    model = config.model
    slope = model.leaky_relu_negative_slope
    if not model.use_mska or model.mska_encoder != "paper" or slope == PUBLISHED_SLOPE:
        return []
    said = f"is {slope:g}, and the published network has {PUBLISHED_SLOPE:g}"
    return [Notice("model.leaky_relu_negative_slope", said)]


def _warn_of_fp16(config: Config) -> list[Notice]:
    model = config.model
    if model.decoder_class:
        return []
    shape = (
        "" if model.decoder_config else model.decoder_model or model.decoder_kwargs.get("model_type", "t5")
    )
    if config.training.precision == "fp16" and "t5" in str(shape).lower():
        return [Notice("training.precision", "fp16 overflows in a T5; bf16 does not")]
    return []


def _warn_of_the_scale(config: Config) -> list[Notice]:
    model = config.model
    if not (config.data.keypoint_scale_range and model.use_mska and model.mska_encoder != "paper"):
        return []
    said = f"is undone by the {model.mska_encoder} encoder, which measures in shoulder widths, where shoulders are seen"
    return [Notice("data.keypoint_scale_range", said)]


def _first_idle(key: str, config: Config) -> Idle | None:
    return next((idle for idle in IDLE if key in idle.keys and idle.holds(config)), None)


def _model(facet: type[Section], *but: str) -> frozenset[str]:
    return frozenset(f"model.{name}" for name in facet.model_fields if name not in but)


def _training(facet: type[Section], *but: str) -> frozenset[str]:
    return frozenset(f"training.{name}" for name in facet.model_fields if name not in but)


def _keys(*keys: str) -> frozenset[str]:
    return frozenset(keys)


def _lacks(stream: str) -> Callable[[Config], bool]:
    return lambda config: stream not in config.data.crop_dirs


KEYPOINTS = _keys("data.keypoints_dir", "data.keypoint_layout", "data.gloss_csv")
NOT_ON_PAPER = _keys("model.mska_temporal_kernel", "model.mska_temporal_dilation")
PUBLISHED_SLOPE = 0.1
DISTILLATION = _keys("model.mska_distillation_temperature", "model.mska_detach_teacher")
SCRATCH_ONLY = _keys("model.decoder_layers", "model.decoder_heads", "model.decoder_dropout")
TOKENIZER = _keys("data.tokenizer_vocab_size", "data.tokenizer_characters")
GLOSS_SEARCH = _keys("training.ctc_num_beams")
DECODING = _keys("training.decode_clips")
MOVES = ("scale", "translate", "rotate")
MOVED_KEYPOINTS = _keys(*(f"data.keypoint_{move}_range" for move in MOVES))
TRANSLATION = (
    _keys("data.pose_dir", *(f"data.{stream}_dir" for stream in CROP_STREAMS), "data.mix_streams")
    | _keys("model.projector_dropout", "model.fusion_dropout")
    | _model(Temporal, "temporal_layers")
    | _model(MskaGlosses, "mska_gloss_fusion")
    | _keys("optim.label_smoothing", "optim.lr_decoder", "optim.lr_mapper")
    | _training(TeacherForcing)
    | _keys("training.num_beams", "training.length_penalty", "training.max_new_tokens")
)
"""What only a model that translates reads; without one the keypoints and their heads are all that is computed."""

IDLE = (
    Idle(_model(Pose), lambda c: c.data.pose_dir is None, "no pose_dir is given"),
    Idle(
        _keys("model.projector_dropout"),
        lambda c: not (c.data.pose_dir or c.data.crop_dirs),
        "no stream is projected: give pose_dir, face_dir or a hand's",
    ),
    *(
        Idle(
            _keys(f"model.{stream}_backbone", f"model.freeze_{stream}_backbone"),
            _lacks(stream),
            f"no {stream}_dir is given",
        )
        for stream in CROP_STREAMS
    ),
    Idle(
        _keys("model.image_size", "model.frames_chunk"),
        lambda c: not c.data.crop_dirs,
        "no directory of crops is given",
    ),
    Idle(_keys("model.frames_chunk"), lambda c: not c.trained_backbones(), "every backbone is frozen"),
    Idle(
        _keys("model.share_hand_backbone"),
        lambda c: not {"hand_left", "hand_right"} <= c.data.crop_dirs.keys(),
        "hand_left_dir and hand_right_dir are not both given",
    ),
    Idle(
        _keys("model.pretrained", "model.pretrained_checkpoint"),
        lambda c: c.training.init_checkpoint,
        "init_checkpoint gives every weight",
    ),
    Idle(_keys("model.pretrained_checkpoint"), lambda c: c.model.pretrained == "none", "pretrained is none"),
    Idle(
        _keys("model.mska_ctc_vocab", "training.ctc_num_beams"),
        lambda c: not (c.model.mska_ctc_weight or c.model.mska_distillation_weight),
        "mska_ctc_weight and mska_distillation_weight are 0",
    ),
    Idle(
        _keys("data.tokenizer_local_files_only"),
        lambda c: not c.derived().tokenizer,
        "the tokenizer is trained here",
    ),
    Idle(
        TRANSLATION,
        lambda c: not c.model.mska_translation_weight,
        "mska_translation_weight is 0: glosses alone are learned, from keypoints",
    ),
    Idle(
        _keys("model.decoder_local_files_only"),
        lambda c: not (c.model.decoder_model or c.model.decoder_config),
        "the decoder is made from scratch",
    ),
    Idle(
        _keys("model.decoder_encoder", "model.decoder_local_files_only"),
        lambda c: c.model.decoder_class,
        "decoder_class is a decoder of its own",
    ),
    Idle(
        _keys("model.decoder_language"),
        lambda c: c.derived().decoder_language is None,
        f"{T5} knows no languages",
    ),
    Idle(
        _model(Prompt, "decoder_prompt_length", "decoder_prompt_tokens"),
        lambda c: not c.derived().decoder_prompt_length,
        "decoder_prompt_length is 0",
    ),
    Idle(
        _keys("model.decoder_prompt_text"),
        lambda c: c.model.decoder_prompt_tokens,
        "decoder_prompt_tokens gives the tokens",
    ),
    Idle(
        _keys("model.decoder_prompt_text"),
        lambda c: c.derived().decoder_prompt_init != "tokens",
        "decoder_prompt_init is not tokens",
    ),
    Idle(
        _keys("model.decoder_prompt_tokens"),
        lambda c: c.derived().decoder_prompt_init != "tokens" and c.model.decoder_prompt_length,
        "decoder_prompt_init is not tokens",
    ),
    Idle(
        _keys("model.decoder_prompt_init"),
        lambda c: c.derived().decoder_prompt_init != c.model.decoder_prompt_init,
        "the prompt's text or tokens are what it begins with",
    ),
    Idle(
        _keys("model.decoder_prompt_std"),
        lambda c: c.derived().decoder_prompt_init != "normal",
        "decoder_prompt_init is not normal",
    ),
    Idle(
        _keys("model.decoder_prompt_range"),
        lambda c: c.model.decoder_prompt_init != "uniform",
        "decoder_prompt_init is not uniform",
    ),
    Idle(
        _model(Mska) | _model(MskaSgr) | _model(MskaGlosses),
        lambda c: (
            c.data.pose_dir
            and c.model.mska_gloss_fusion == "none"
            and not (c.model.mska_ctc_weight or c.model.mska_distillation_weight)
        ),
        "mska_gloss_fusion is none and no loss trains the keypoint encoder",
    ),
    Idle(_keys("model.pose_landmarks"), lambda c: c.model.pose_points, "pose_points names the landmarks"),
    Idle(
        _model(Temporal, "temporal_layers", "temporal_dropout"),
        lambda c: not c.model.temporal_layers,
        "temporal_layers is 0",
    ),
    Idle(
        _model(Mska, "use_mska")
        | _model(MskaSgr)
        | _model(MskaGlosses)
        | DISTILLATION
        | KEYPOINTS
        | GLOSS_SEARCH
        | _keys("optim.lr_mska"),
        lambda c: not c.model.use_mska,
        "use_mska is off",
    ),
    Idle(_model(MskaSgr, "mska_use_sgr"), lambda c: not c.model.mska_use_sgr, "mska_use_sgr is off"),
    Idle(
        _model(MskaSgr, "mska_sgr_mix"),
        lambda c: not c.model.mska_sgr_mix,
        "mska_sgr_mix is 0, so only the local attention counts",
    ),
    Idle(
        _keys("model.mska_ff_multiplier"),
        lambda c: c.model.mska_encoder != "joint",
        "only the joint encoder reads it",
    ),
    Idle(
        _keys("model.mska_stream_heads"),
        lambda c: c.model.mska_encoder == "conv",
        "the conv encoder has no attention over joints",
    ),
    Idle(NOT_ON_PAPER, lambda c: c.model.mska_encoder == "paper", "the paper encoder's table has its own"),
    Idle(
        _keys("model.mska_batch_invariant"),
        lambda c: c.model.mska_encoder != "paper",
        "only the paper encoder can let padding in",
    ),
    Idle(
        _model(MskaGlosses, "mska_gloss_fusion"),
        lambda c: c.model.mska_gloss_fusion == "none",
        "mska_gloss_fusion is none",
    ),
    Idle(DISTILLATION, lambda c: not c.model.mska_distillation_weight, "mska_distillation_weight is 0"),
    Idle(
        SCRATCH_ONLY,
        lambda c: c.model.decoder_model or c.model.decoder_config,
        "the named decoder has its own",
    ),
    Idle(TOKENIZER, lambda c: c.derived().tokenizer, "the tokenizer is a named one, not trained here"),
    Idle(
        _keys("data.tokenizer_vocab_size"),
        lambda c: c.data.tokenizer_characters,
        "tokenizer_characters has one token a character",
    ),
    Idle(
        _keys("optim.scheduler_step_size", "optim.scheduler_gamma"),
        lambda c: c.optim.scheduler != "steplr",
        "the scheduler is not steplr",
    ),
    Idle(_keys("training.compile_mode"), lambda c: not c.training.compile, "compile is off"),
    Idle(
        _keys("optim.scheduler_tmax"), lambda c: c.optim.scheduler != "cosine", "the scheduler is not cosine"
    ),
    Idle(
        _training(TeacherForcing, "teacher_forcing_mode"),
        lambda c: c.training.teacher_forcing_mode == "standard",
        "teacher_forcing_mode is standard",
    ),
    Idle(
        MOVED_KEYPOINTS | _keys("data.keypoint_normalize_center"),
        lambda c: not c.model.use_mska,
        "use_mska is off, so that no keypoints are read",
    ),
    Idle(
        _keys("data.keypoint_normalize_center"),
        lambda c: not (c.data.keypoint_scale_range or c.data.keypoint_rotate_range),
        "neither keypoint_scale_range nor keypoint_rotate_range is given",
    ),
    Idle(
        _keys("data.keypoint_translate_range", "data.keypoint_normalize_center"),
        lambda c: c.model.mska_encoder != "paper",
        "the encoder reads joints relative to the wrists and shoulders",
    ),
    Idle(_keys("data.mix_streams"), lambda c: c.data.batch_size == 1, "batch_size is 1"),
    Idle(DECODING, lambda c: not c.training.decode_every, "decode_every is 0"),
    Idle(_keys("training.length_penalty"), lambda c: c.training.num_beams == 1, "num_beams is 1"),
)
