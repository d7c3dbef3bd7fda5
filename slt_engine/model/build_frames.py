"""Config -> the streams of crops: which are on, whose backbones they use, what of them trains."""

from __future__ import annotations

from collections.abc import Callable

from slt_engine.config import Config
from slt_engine.model.backbones import Backbone, outline_backbone
from slt_engine.model.errors import ModelError
from slt_engine.model.frames import FrameStream, FrameStreams

OpenBackbone = Callable[..., Backbone]


def build_frames(
    config: Config, *, notice: Callable[[str], None], open_backbone: OpenBackbone
) -> FrameStreams | None:
    """The streams whose directories are given, face before hands; None where there are none."""
    model = config.model
    streams = {name: _stream(config, name) for name in config.data.crop_dirs}
    if not streams:
        return None
    specs = {stream.backbone: stream.spec for stream in streams.values()}
    backbones = {name: open_backbone(spec, notice=notice) for name, spec in specs.items()}
    for name, backbone in backbones.items():
        if model.image_size % backbone.patch:
            raise ModelError(
                f"image_size {model.image_size} is not a multiple of {backbone.patch}, the side of the patches of "
                f"{specs[name]}"
            )
    return FrameStreams(
        streams,
        backbones,
        image_size=model.image_size,
        width=model.projector_dim,
        dropout=model.projector_dropout,
        chunk=model.frames_chunk,
        checkpointing=config.derived().gradient_checkpointing,
    )


def outlined(spec: str, **_: object) -> Backbone:
    """An ``open_backbone`` for a model whose weights come from a checkpoint: none are looked for elsewhere."""
    return outline_backbone(spec)


def _stream(config: Config, name: str) -> FrameStream:
    """With shared weights both hands use the backbone "hand"."""
    model = config.model
    shared = model.share_hand_backbone and {"hand_left", "hand_right"} <= config.data.crop_dirs.keys()
    backbone = "hand" if shared and name.startswith("hand_") else name
    return FrameStream(backbone=backbone, spec=model.backbones[name], frozen=model.frozen[name])
