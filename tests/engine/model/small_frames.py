"""Small streams of crops: backbones of a few thousand weights, and batches with pictures in them."""

# B clips, T frames, H x W pixels, C channels. Masks are True where real.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from transformers import Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel

from slt_engine.batch import Batch
from slt_engine.model.backbones import Backbone, Dinov2Backbone, TinyBackbone
from slt_engine.model.frames import FrameStream, FrameStreams
from slt_engine.model.fusion import Fusion
from slt_engine.model.streams import PoseProjector
from slt_engine.model.temporal import TemporalTransformer
from slt_engine.model.translator import SignTranslator
from tests.engine.model.small import MAX_FRAMES, WIDTH, small_batch, small_decoder

SIZE = 28
STREAMS = ("face", "hand_left", "hand_right")


def small_vit(*, registers: bool = False, **changes: Any) -> Any:
    """A DINOv2 of two layers and random weights, whose positions are those of another size of picture."""
    fields = {
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 1,
        "image_size": 42,
        "layerscale_value": 0.7,
        **changes,
    }
    config = Dinov2WithRegistersConfig(**fields) if registers else Dinov2Config(**fields)
    vit = Dinov2WithRegistersModel(config) if registers else Dinov2Model(config)
    with torch.no_grad():
        for (
            parameter
        ) in vit.parameters():  # biases, norms and tokens start at 0 or 1, which would hide a swap
            parameter.add_(0.05 * torch.randn_like(parameter))
    return vit.eval()


def small_frames(
    streams: Sequence[str] = STREAMS,
    *,
    backbone: str = "tiny",
    frozen: Sequence[str] = (),
    share: bool = False,
    chunk: int = 0,
    checkpointing: bool = False,
) -> FrameStreams:
    """Streams through ``tiny`` or a small ``dinov2``."""
    names = {name: "hand" if share and name != "face" else name for name in streams}
    return FrameStreams(
        {name: FrameStream(names[name], backbone, frozen=name in frozen) for name in streams},
        {name: _backbone(backbone) for name in dict.fromkeys(names.values())},
        image_size=SIZE,
        width=WIDTH,
        dropout=0.0,
        chunk=chunk,
        checkpointing=checkpointing,
    )


def frames_translator(frames: FrameStreams, *, pose: bool = False) -> SignTranslator:
    """The whole model over ``frames``, in eval mode."""
    widths = dict.fromkeys(frames.streams, frames.width) | ({"pose": WIDTH} if pose else {})
    return SignTranslator(
        frames=frames,
        pose=PoseProjector(landmarks=(0, 11, 12), axes=3, width=WIDTH, dropout=0.0) if pose else None,
        keypoints=None,
        heads=None,
        gloss=None,
        gloss_fusion="add",
        fusion=Fusion(widths, width=WIDTH, dropout=0.0),
        temporal=TemporalTransformer(
            WIDTH, max_frames=MAX_FRAMES, layers=2, heads=2, feed_forward=32, dropout=0.0
        ),
        decoder=small_decoder("bart"),
    ).eval()


def crops_batch(
    lengths: Sequence[int] = (9, 5, 12), streams: Sequence[str] = STREAMS, *, size: int = SIZE, seed: int = 0
) -> Batch:
    """Clips whose streams lack a crop here and there; where there is none stands rubbish."""
    batch = small_batch(lengths, seed=seed)
    random = torch.Generator().manual_seed(seed)
    shape = (*batch.frames_BT.shape, size, size, 3)
    crops, found = {}, {}
    for stream in streams:
        crops[stream] = torch.randint(0, 256, shape, generator=random, dtype=torch.uint8)
        found[stream] = (torch.rand(batch.frames_BT.shape, generator=random) > 0.2) & batch.frames_BT
    return replace(batch, crops_BTHWC=crops, crops_mask_BT=found)


def without_crops(batch: Batch, stream: str, *, clip: int | slice = slice(None)) -> Batch:
    """``clip`` (all when not given) has no crop of ``stream``."""
    found = {name: found_BT.clone() for name, found_BT in batch.crops_mask_BT.items()}
    found[stream][clip] = False
    return replace(batch, crops_mask_BT=found)


def spoil_crops(batch: Batch) -> Batch:
    """White pictures wherever no crop was found."""
    crops = {
        stream: crops_BTHWC.masked_fill(~batch.crops_mask_BT[stream][..., None, None, None], 255)
        for stream, crops_BTHWC in batch.crops_BTHWC.items()
    }
    return replace(batch, crops_BTHWC=crops)


def _backbone(kind: str) -> Backbone:
    return TinyBackbone() if kind == "tiny" else Dinov2Backbone(small_vit())
