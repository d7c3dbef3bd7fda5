"""Config -> SignTranslator: with build_decoder.py the one place that turns settings into modules."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

from slt_engine.clips.layouts import Layout
from slt_engine.config import Config
from slt_engine.model.backbones import load_backbone
from slt_engine.model.build_decoder import OpenNamed, build_decoder
from slt_engine.model.build_frames import OpenBackbone, build_frames, outlined
from slt_engine.model.custom import CustomDecoder
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.errors import ModelError
from slt_engine.model.fusion import Fusion
from slt_engine.model.mska.conv import ConvEncoder
from slt_engine.model.mska.gloss import GlossMlp
from slt_engine.model.mska.heads import FUSED, CtcHeads, norm_and_map
from slt_engine.model.mska.joint import JointEncoder
from slt_engine.model.mska.paper import READ_BY, STREAMS, PaperEncoder
from slt_engine.model.mska.paper_stream import rate_of, table
from slt_engine.model.mska.relative import KeypointStreams
from slt_engine.model.mska.sgr import GlobalAttention
from slt_engine.model.seq2seq import named_seq2seq, outlined_seq2seq
from slt_engine.model.streams import PoseProjector
from slt_engine.model.temporal import TemporalTransformer
from slt_engine.model.translator import KeypointEncoder, SignTranslator


def build_model(
    config: Config,
    *,
    layout: Layout | None,
    tokenizer: PreTrainedTokenizerBase,
    gloss_names: Sequence[str],
    notice: Callable[[str], None],
    open_named: OpenNamed = named_seq2seq,
    open_backbone: OpenBackbone = load_backbone,
) -> SignTranslator:
    """The model that ``config`` describes, with fresh weights drawn from torch's generator.

    ``gloss_names`` starts with the blank; ``notice`` is told what is worth knowing; ``open_named`` gives the model
    behind decoder_model, ``open_backbone`` the one behind a backbone's spec. Raises ModelError where settings, layout
    and tokenizer do not fit.
    """
    model = config.model
    frames = build_frames(config, notice=notice, open_backbone=open_backbone)
    pose = _build_pose(config) if config.data.pose_dir else None
    keypoints = _build_keypoints(config, layout) if model.use_mska and layout else None
    widths = dict.fromkeys(frames.streams, frames.width) if frames else {}
    widths |= {"pose": pose.width} if pose else {}
    return SignTranslator(
        frames=frames,
        pose=pose,
        keypoints=keypoints,
        heads=_build_heads(config, keypoints, gloss_names) if keypoints else None,
        gloss=_build_gloss(config, keypoints.width)
        if keypoints and model.mska_gloss_fusion != "none"
        else None,
        gloss_fusion="concat" if model.mska_gloss_fusion == "concat" else "add",
        fusion=Fusion(
            widths or {"keypoints": keypoints.width if keypoints else model.d_model},
            width=model.d_model,
            dropout=model.fusion_dropout,
        ),
        temporal=TemporalTransformer(
            model.d_model,
            max_frames=model.sequence_length,
            layers=model.temporal_layers,
            heads=model.temporal_nhead,
            feed_forward=model.temporal_dim_feedforward,
            dropout=model.temporal_dropout,
        ),
        decoder=_build_roomy(config, tokenizer, notice=notice, open_named=open_named),
        translates=model.mska_translation_weight > 0,
    )


def outline_model(
    config: Config,
    *,
    layout: Layout | None,
    tokenizer: PreTrainedTokenizerBase,
    gloss_names: Sequence[str],
    device: str = "meta",
) -> SignTranslator:
    """The same model with fresh weights, or on the meta device with none: every shape at its true size.

    For T5, mBART and DINOv2 it needs no network.

    The decoder's language, which has no weights, is left out, so that any tokenizer can stand in.
    """
    model = config.model.model_copy(update={"decoder_language": None})
    with torch.device(device):
        return build_model(
            config.model_copy(update={"model": model}),
            layout=layout,
            tokenizer=tokenizer,
            gloss_names=gloss_names,
            notice=lambda _: None,
            open_named=outlined_seq2seq,
            open_backbone=outlined,
        )


def _build_pose(config: Config) -> PoseProjector:
    derived = config.derived()
    return PoseProjector(
        landmarks=derived.pose_points,
        axes=config.model.pose_axes,
        width=derived.pose_projector_dim,
        dropout=config.model.projector_dropout,
    )


def _build_keypoints(config: Config, layout: Layout) -> KeypointEncoder:
    model = config.model
    if model.mska_encoder == "paper":
        return _build_paper(config, layout)
    streams = KeypointStreams.of_layout(layout, channels=model.mska_input_dim)
    if model.mska_encoder == "conv":
        return ConvEncoder(
            streams,
            stream_width=model.projector_dim,
            width=model.d_model,
            blocks=model.mska_temporal_blocks,
            kernel=model.mska_temporal_kernel,
            dilation=model.mska_temporal_dilation,
            dropout=model.mska_dropout,
            slope=model.leaky_relu_negative_slope,
        )
    return JointEncoder(
        streams,
        width=model.d_model,
        joint_heads=model.mska_stream_heads,
        stream_heads=model.mska_heads,
        feed_forward_multiplier=model.mska_ff_multiplier,
        blocks=model.mska_temporal_blocks,
        kernel=model.mska_temporal_kernel,
        dilation=model.mska_temporal_dilation,
        dropout=model.mska_dropout,
        slope=model.leaky_relu_negative_slope,
        sgr=_build_sgr(config, streams.sizes()),
    )


def _build_sgr(config: Config, joints: Mapping[str, int]) -> GlobalAttention | None:
    model = config.model
    if not model.mska_use_sgr:
        return None
    return GlobalAttention(
        joints, shared=model.mska_sgr_shared, activation=model.mska_sgr_activation, mix=model.mska_sgr_mix
    )


def _build_paper(config: Config, layout: Layout) -> PaperEncoder:
    model = config.model
    return PaperEncoder(
        layout.paper,
        channels=model.mska_input_dim,
        subsets=model.mska_stream_heads,
        rows=table(model.mska_temporal_blocks),
        heads=tuple(READ_BY) if _has_heads(config) else (FUSED,),
        dropout=model.mska_dropout,
        slope=model.leaky_relu_negative_slope,
        batch_invariant=model.mska_batch_invariant,
        sgr=_build_sgr(config, {name: len(joints) for name, joints in STREAMS.items()}),
    )


def gloss_rate(config: Config) -> int:
    """Frames for one frame that the CTC heads read."""
    model = config.model
    return rate_of(table(model.mska_temporal_blocks)) if model.mska_encoder == "paper" else 1


def _build_roomy(
    config: Config,
    tokenizer: PreTrainedTokenizerBase,
    *,
    notice: Callable[[str], None],
    open_named: OpenNamed,
) -> TextDecoder | CustomDecoder:
    """The decoder; that it has too few positions for the longest clip or text is told before one comes."""
    decoder = build_decoder(config, tokenizer, notice=notice, open_named=open_named)
    if isinstance(decoder, TextDecoder) and config.model.mska_translation_weight:
        decoder.check_room(text=config.data.max_target_length, frames=_most_encoded(config))
    return decoder


def _most_encoded(config: Config) -> int:
    """Frames that the decoder is given of the longest clip."""
    data, model = config.data, config.model
    slower = math.ceil(model.sequence_length / gloss_rate(config))
    joined = slower if model.use_mska and model.mska_gloss_fusion == "concat" else 0
    return joined + (model.sequence_length if data.crop_dirs or data.pose_dir else slower)


def _has_heads(config: Config) -> bool:
    """Heads only where a loss trains them."""
    return bool(config.model.mska_ctc_weight or config.model.mska_distillation_weight)


def _build_heads(config: Config, keypoints: KeypointEncoder, gloss_names: Sequence[str]) -> CtcHeads | None:
    model = config.model
    if not _has_heads(config):
        return None
    vocabulary = model.mska_ctc_vocab or len(gloss_names)
    if vocabulary < len(gloss_names):
        raise ModelError(
            f"mska_ctc_vocab is {vocabulary}, but the glosses and the blank are {len(gloss_names)}; raise it, or "
            "leave it out"
        )
    return CtcHeads(
        keypoints.stream_widths,
        width=keypoints.width,
        vocabulary=vocabulary,
        make=nn.Linear if model.mska_encoder == "paper" else norm_and_map,
    )


def _build_gloss(config: Config, width: int) -> GlossMlp:
    model = config.model
    return GlossMlp(
        width=width,
        hidden=config.derived().mska_gloss_hidden_dim,
        second_hidden=model.mska_gloss_second_hidden_dim,
        out=model.d_model,
        slope=model.leaky_relu_negative_slope,
        dropout=model.mska_gloss_dropout,
        activation=model.mska_gloss_activation,
    )


def count_parameters(model: torch.nn.Module) -> int:
    """The numbers that the model learns."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
