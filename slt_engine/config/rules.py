"""The rules that cross settings: what excludes, needs or divides what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slt_engine.config.frames import PATCH, parse_backbone

if TYPE_CHECKING:
    from slt_engine.config.config import Config

DECODER_SHAPES = ("t5", "bart", "mbart")


@dataclass(frozen=True)
class BrokenRule:
    """A rule that the settings break: the keys it joins, the one to look at first in front."""

    keys: tuple[str, ...]
    message: str


def broken_rules(config: Config) -> list[BrokenRule]:
    """Every rule that the settings break, with what to do about it."""
    return [broken for rule in RULES for broken in rule(config)]


def _a_stream_is_read(config: Config) -> Iterator[BrokenRule]:
    data = config.data
    if data.crop_dirs or data.pose_dir or config.model.use_mska:
        return
    if data.keypoints_dir:
        yield BrokenRule(
            ("data.keypoints_dir", "model.use_mska"),
            "nothing reads the keypoints, and there is no other stream; add --use-mska, --pose-dir or "
            "--face-dir",
        )
    else:
        yield BrokenRule(
            ("data.pose_dir", "data.keypoints_dir", "data.face_dir"),
            "no stream is on; give --pose-dir, --face-dir, or --keypoints-dir with --use-mska",
        )


def _patches_fill_the_picture(config: Config) -> Iterator[BrokenRule]:
    """Of hf: and file: the patch is known only when they are read."""
    side, specs = config.model.image_size, config.model.backbones
    for stream in config.data.crop_dirs:
        if side % PATCH and parse_backbone(specs[stream]).kind in ("dinov2", "dinov2_reg"):
            near = max(PATCH, round(side / PATCH) * PATCH)
            yield BrokenRule(
                ("model.image_size", f"model.{stream}_backbone"),
                f"{side} is not a multiple of {PATCH}, the side of {specs[stream]}'s patches; {near} is",
            )
            return


def _shared_hands_are_alike(config: Config) -> Iterator[BrokenRule]:
    model = config.model
    if not (model.share_hand_backbone and {"hand_left", "hand_right"} <= config.data.crop_dirs.keys()):
        return
    left, right = (parse_backbone(model.backbones[hand]) for hand in ("hand_left", "hand_right"))
    if left != right:
        keys = ("model.share_hand_backbone", "model.hand_left_backbone", "model.hand_right_backbone")
        specs = f"{model.hand_left_backbone} and {model.hand_right_backbone}"
        yield BrokenRule(keys, f"one set of weights cannot be {specs}; give both hands one backbone")
    if model.freeze_hand_left_backbone != model.freeze_hand_right_backbone:
        frozen = "left" if model.freeze_hand_left_backbone else "right"
        keys = (
            "model.share_hand_backbone",
            "model.freeze_hand_left_backbone",
            "model.freeze_hand_right_backbone",
        )
        yield BrokenRule(
            keys, f"one set of weights is frozen for the {frozen} hand alone; freeze both or none"
        )


def _mska_reads_keypoints(config: Config) -> Iterator[BrokenRule]:
    if config.model.use_mska and not config.data.keypoints_dir:
        yield BrokenRule(("model.use_mska", "data.keypoints_dir"), "needs keypoints; give --keypoints-dir")


def _gloss_losses_have_glosses(config: Config) -> Iterator[BrokenRule]:
    for name in ("mska_ctc_weight", "mska_distillation_weight"):
        if not getattr(config.model, name):
            continue
        if not config.model.use_mska:
            yield BrokenRule((f"model.{name}", "model.use_mska"), "above 0 needs --use-mska")
        if not config.data.gloss_csv:
            yield BrokenRule((f"model.{name}", "data.gloss_csv"), "above 0 needs glosses; give --gloss-csv")


def _a_loss_is_left(config: Config) -> Iterator[BrokenRule]:
    model = config.model
    if not model.mska_translation_weight and not (model.mska_ctc_weight or model.mska_distillation_weight):
        keys = ("model.mska_translation_weight", "model.mska_ctc_weight", "model.mska_distillation_weight")
        yield BrokenRule(keys, "every loss has weight 0; leave at least one above 0")


def _one_source_of_the_decoder(config: Config) -> Iterator[BrokenRule]:
    model = config.model
    sources = ("decoder_model", "decoder_config", "decoder_class")
    named = [name for name in sources if getattr(model, name)]
    for name in named[1:]:
        yield BrokenRule(
            (f"model.{name}", f"model.{named[0]}"),
            f"excludes {named[0]} ({getattr(model, named[0])}); give one",
        )


def _the_decoder_has_a_known_shape(config: Config) -> Iterator[BrokenRule]:
    model = config.model
    if model.decoder_model or model.decoder_config or model.decoder_class:
        return
    shape = model.decoder_kwargs.get("model_type", "t5")
    if shape not in DECODER_SHAPES:
        known = ", ".join(DECODER_SHAPES)
        yield BrokenRule(("model.decoder_kwargs",), f"model_type {shape!r} is not one of {known}")
        return
    width = model.decoder_kwargs.get("d_model", model.d_model)
    if not isinstance(width, int) or {"decoder_attention_heads", "num_heads"} & model.decoder_kwargs.keys():
        return
    keys = ("model.decoder_heads", "model.d_model")
    if model.decoder_heads > width:
        yield BrokenRule(keys, f"{model.decoder_heads} heads are more than the decoder's width {width}")
    elif shape != "t5" and width % model.decoder_heads:
        yield BrokenRule(
            keys, f"{model.decoder_heads} heads do not divide the {shape} decoder's width {width}"
        )


def _a_prompt_has_a_t5(config: Config) -> Iterator[BrokenRule]:
    """Of a named decoder the kind is known only when its configuration is read."""
    model = config.model
    if not config.derived().decoder_prompt_length or model.decoder_model or model.decoder_config:
        return
    shape = "decoder_class" if model.decoder_class else model.decoder_kwargs.get("model_type", "t5")
    if shape != "t5":
        key = "model.decoder_prompt_length" if model.decoder_prompt_length else "model.decoder_prompt_tokens"
        yield BrokenRule((key,), f"needs a T5, and the decoder is a {shape}; leave the prompt out")


def _a_prompt_of_tokens_has_tokens(config: Config) -> Iterator[BrokenRule]:
    model = config.model
    has_tokens = model.decoder_prompt_text or model.decoder_prompt_tokens
    if config.derived().decoder_prompt_length and model.decoder_prompt_init == "tokens" and not has_tokens:
        yield BrokenRule(
            ("model.decoder_prompt_init", "model.decoder_prompt_text", "model.decoder_prompt_tokens"),
            "tokens needs some; give --decoder-prompt-text or --decoder-prompt-tokens, or choose vocab",
        )


def _heads_divide_the_width(config: Config) -> Iterator[BrokenRule]:
    model = config.model
    joint = model.use_mska and model.mska_encoder == "joint"
    asked = {
        "temporal_nhead": model.temporal_nhead if model.temporal_layers else 1,
        "mska_heads": model.mska_heads if joint else 1,
        "mska_stream_heads": model.mska_stream_heads if joint else 1,
    }
    for name, heads in asked.items():
        if model.d_model % heads:
            keys = (f"model.{name}", "model.d_model")
            yield BrokenRule(keys, f"{heads} heads do not divide d_model {model.d_model}")


def _heads_belong_to_the_joint_encoder(config: Config) -> Iterator[BrokenRule]:
    model = config.model
    if model.mska_encoder != "joint" and model.mska_heads != type(model).model_fields["mska_heads"].default:
        yield BrokenRule(
            ("model.mska_heads", "model.mska_encoder"),
            f"the {model.mska_encoder} encoder has no attention across streams; leave it out",
        )


def _sgr_has_an_attention_over_joints(config: Config) -> Iterator[BrokenRule]:
    model = config.model
    if model.use_mska and model.mska_use_sgr and model.mska_encoder == "conv":
        yield BrokenRule(
            ("model.mska_use_sgr", "model.mska_encoder"),
            "the conv encoder has no attention over joints to mix with; choose joint or paper, or leave it out",
        )


def _a_text_score_needs_decoding(config: Config) -> Iterator[BrokenRule]:
    training = config.training
    if training.best_metric != "loss" and not training.decode_every:
        yield BrokenRule(
            ("training.best_metric", "training.decode_every"),
            f"{training.best_metric} is scored on decoded texts; give --decode-every 1 or more",
        )


def _a_text_score_needs_a_translation(config: Config) -> Iterator[BrokenRule]:
    metric = config.training.best_metric
    if metric in ("bleu", "chrf", "cer") and not config.model.mska_translation_weight:
        yield BrokenRule(
            ("training.best_metric", "model.mska_translation_weight"),
            f"{metric} is scored on texts, and mska_translation_weight 0 writes none; choose loss or wer, which is "
            "then that of the glosses",
        )


def _the_least_ratio_is_the_least(config: Config) -> Iterator[BrokenRule]:
    least, first = config.training.teacher_forcing_min_ratio, config.training.teacher_forcing_ratio
    if least > first:
        yield BrokenRule(
            ("training.teacher_forcing_min_ratio", "training.teacher_forcing_ratio"),
            f"{least:g} is above teacher_forcing_ratio {first:g}; lower it",
        )


def _a_clip_fits_in_a_batch(config: Config) -> Iterator[BrokenRule]:
    limit, longest = config.data.frames_per_batch, config.model.sequence_length
    if limit is not None and limit < longest:
        yield BrokenRule(
            ("data.frames_per_batch", "model.sequence_length"),
            f"{limit} frames cannot hold one clip of sequence_length {longest}",
        )


def _mixed_streams_are_read(config: Config) -> Iterator[BrokenRule]:
    data = config.data
    read = {*data.crop_dirs, *(["pose"] if data.pose_dir else [])}
    for stream in data.mix_streams:
        if stream not in read:
            flag = f"--{stream.replace('_', '-')}-dir"
            yield BrokenRule(
                ("data.mix_streams", f"data.{stream}_dir"),
                f"{stream} is not read, so it cannot be mixed; give {flag} or leave it out",
            )


def _a_mirror_shows_both_hands(config: Config) -> Iterator[BrokenRule]:
    data = config.data
    if data.flip_probability and (data.hand_left_dir is None) != (data.hand_right_dir is None):
        lacking = "left" if data.hand_left_dir is None else "right"
        yield BrokenRule(
            ("data.flip_probability", f"data.hand_{lacking}_dir"),
            f"a mirror makes each hand the other one; give --hand-{lacking}-dir too",
        )


def _processes_have_a_gpu_each(config: Config) -> Iterator[BrokenRule]:
    training = config.training
    if training.processes > 1 and ":" in training.device:
        yield BrokenRule(
            ("training.processes", "training.device"),
            f"{training.processes} do not fit on {training.device}; give --device cuda, one GPU for each",
        )


def _fp16_is_for_gpus(config: Config) -> Iterator[BrokenRule]:
    if config.training.precision == "fp16" and config.training.device == "cpu":
        yield BrokenRule(
            ("training.precision", "training.device"),
            "fp16 needs a GPU; use bf16 or float32 on a CPU",
        )


def _a_process_has_a_clip(config: Config) -> Iterator[BrokenRule]:
    processes, clips = config.training.processes, config.data.batch_size
    if processes > clips:
        yield BrokenRule(
            ("training.processes", "data.batch_size"),
            f"{processes} processes share batches of {clips} clips, so some would have none; lower it",
        )


RULES = (
    _a_process_has_a_clip,
    _a_stream_is_read,
    _patches_fill_the_picture,
    _shared_hands_are_alike,
    _mska_reads_keypoints,
    _gloss_losses_have_glosses,
    _a_loss_is_left,
    _one_source_of_the_decoder,
    _the_decoder_has_a_known_shape,
    _a_prompt_has_a_t5,
    _a_prompt_of_tokens_has_tokens,
    _heads_divide_the_width,
    _heads_belong_to_the_joint_encoder,
    _sgr_has_an_attention_over_joints,
    _a_text_score_needs_decoding,
    _a_text_score_needs_a_translation,
    _the_least_ratio_is_the_least,
    _a_clip_fits_in_a_batch,
    _mixed_streams_are_read,
    _a_mirror_shows_both_hands,
    _processes_have_a_gpu_each,
    _fp16_is_for_gpus,
)
