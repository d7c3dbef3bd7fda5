"""Streams of crops: pictures through a backbone and a projector, to one vector a frame."""

# B clips, T frames, N pictures, H x W pixels, C channels (red, green, blue), F width of a backbone, D width.
# Masks are True where real.

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from slt_engine.batch import Batch
from slt_engine.clips.crops import DECODING
from slt_engine.model.backbones import Backbone

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
FROZEN_CHUNK = 128
"""Pictures that a frozen backbone takes at once; it keeps nothing of them but their features."""
FROZEN_FORMATS = {"cuda": torch.float16}
"""The numbers that a frozen backbone computes in by type of device; float32 on others."""


@dataclass(frozen=True)
class FrameStream:
    """A stream's backbone by its name among the model's, the spec it came from, and whether it is frozen."""

    backbone: str
    spec: str
    frozen: bool


class FrameProjector(nn.Module):
    """Linear -> dropout; a frame without a crop, or a batch without the stream, is a learned vector, not zeros."""

    def __init__(self, features: int, *, width: int, dropout: float) -> None:
        super().__init__()
        self.width = width
        self.projection = nn.Linear(features, width)
        self.dropout = nn.Dropout(dropout)
        self.missing_D = nn.Parameter(torch.empty(width))
        nn.init.normal_(self.missing_D, std=0.02)

    def forward(self, features_BTF: Tensor, found_BT: Tensor) -> Tensor:
        """(B, T, D), whatever stands where ``found_BT`` is False."""
        real_BTF = features_BTF.masked_fill(~found_BT.unsqueeze(-1), 0).to(self.projection.weight.dtype)
        projected_BTD = self.dropout(self.projection(real_BTF))
        return torch.where(found_BT.unsqueeze(-1), projected_BTD, self.missing_D)


class FrameStreams(nn.Module):
    """``streams`` of crops, in their order, through ``backbones`` of which two streams may share one.

    Only frames with a crop reach a backbone. One that trains takes ``chunk`` of them at once (0: all), and with
    ``checkpointing`` keeps the pictures of a chunk alone and computes the rest again in the backward pass. One that is
    frozen stays in eval mode, and what it says goes through float16, as it does in the cache.
    """

    scale_C: Tensor
    shift_C: Tensor

    def __init__(
        self,
        streams: Mapping[str, FrameStream],
        backbones: Mapping[str, Backbone],
        *,
        image_size: int,
        width: int,
        dropout: float,
        chunk: int,
        checkpointing: bool,
    ) -> None:
        super().__init__()
        self.streams = dict(streams)
        self.backbones = nn.ModuleDict(backbones)
        self.projectors = nn.ModuleDict(
            {
                name: FrameProjector(backbones[stream.backbone].width, width=width, dropout=dropout)
                for name, stream in streams.items()
            }
        )
        self.image_size, self.width = image_size, width
        self.chunk, self.checkpointing = chunk, checkpointing
        self._compiled: dict[str, Callable[[Tensor], Tensor]] = {}
        mean_C, std_C = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_STD)
        self.register_buffer("scale_C", 1 / (255 * std_C), persistent=False)
        self.register_buffer("shift_C", -mean_C / std_C, persistent=False)
        for backbone in self._frozen():
            backbone.requires_grad_(False).eval()

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """Each stream's (B, T, D). No compiler looks in here: how many crops are real changes with every batch."""
        return {name: self._project(name, batch) for name in self.streams}

    def train(self, mode: bool = True) -> FrameStreams:
        """Frozen backbones stay in eval mode."""
        super().train(mode)
        for backbone in self._frozen():
            backbone.eval()
        return self

    def compile_backbones(self, compiled: Callable[[nn.Module], Callable[[Tensor], Tensor]]) -> None:
        """Train by what ``compiled`` gives for each backbone that trains; no weight changes its name.

        In training blank pictures then fill up the last chunk, so that one shape is compiled; what they give is
        dropped. Evaluation, and what frozen backbones give to the cache, does not depend on it.
        """
        trained = {stream.backbone for stream in self.streams.values() if not stream.frozen}
        self._compiled = {name: compiled(self.backbones[name]) for name in sorted(trained)}

    def feature_key(self, name: str) -> str | None:
        """What the features of a stream depend on besides its crops, as a sha256; None where its backbone trains."""
        stream = self.streams[name]
        if not stream.frozen:
            return None
        numbers = FROZEN_FORMATS.get(self.scale_C.device.type, torch.float32)
        digest = hashlib.sha256(f"{stream.spec} {self.image_size} {DECODING} {numbers}".encode())
        for key, tensor in self.backbones[stream.backbone].state_dict().items():
            digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
        return digest.hexdigest()

    @torch.no_grad()
    def frame_features(self, name: str, crops_BTHWC: Tensor, found_BT: Tensor) -> Tensor:
        """Float16 (B, T, F) of a frozen backbone, zero where ``found_BT`` is False.

        The backbone computes in the device's FROZEN_FORMATS, whatever the precision of training is: what the cache
        holds does not depend on it.
        """
        backbone = self._backbone(name)
        assert not backbone.training, name
        pictures_NHWC = crops_BTHWC[found_BT]
        kind = crops_BTHWC.device.type
        with torch.autocast(kind, dtype=FROZEN_FORMATS.get(kind), enabled=kind in FROZEN_FORMATS):
            parts = [
                self._see(backbone, part).half() for part in pictures_NHWC.split(FROZEN_CHUNK) if len(part)
            ]
            empty_NF = torch.zeros(0, backbone.width, dtype=torch.float16, device=crops_BTHWC.device)
            return _spread(torch.cat([empty_NF, *parts]), found_BT)

    def _project(self, name: str, batch: Batch) -> Tensor:
        projector = cast("FrameProjector", self.projectors[name])
        if name not in batch.crops_mask_BT:
            return projector.missing_D.expand(*batch.frames_BT.shape, -1)
        found_BT = batch.crops_mask_BT[name] & batch.frames_BT
        projected_BTD: Tensor = projector(self._features(name, batch, found_BT), found_BT)
        return projected_BTD

    def _features(self, name: str, batch: Batch, found_BT: Tensor) -> Tensor:
        if name in batch.features_BTF:
            assert self.streams[name].frozen, name
            return batch.features_BTF[name]
        crops_BTHWC = batch.crops_BTHWC[name]
        if self.streams[name].frozen:
            return self.frame_features(name, crops_BTHWC, found_BT)
        return self._trained_features(name, crops_BTHWC, found_BT)

    def _trained_features(self, name: str, crops_BTHWC: Tensor, found_BT: Tensor) -> Tensor:
        pictures_NHWC = crops_BTHWC[found_BT]
        # One blank picture where there is none: every process of several has a gradient for every weight.
        shown_NHWC = pictures_NHWC if len(pictures_NHWC) else crops_BTHWC.new_zeros(1, *crops_BTHWC.shape[2:])
        chunks = list(shown_NHWC.split(self.chunk or len(shown_NHWC)))
        backbone: Callable[[Tensor], Tensor] = self._backbone(name)
        if self.training and self._compiled:
            backbone = self._compiled[self.streams[name].backbone]
            chunks[-1] = _fill(chunks[-1], self.chunk)
        parts = [self._run(backbone, chunk) for chunk in chunks]
        return _spread(torch.cat(parts)[: len(pictures_NHWC)], found_BT)

    def _run(self, backbone: Callable[[Tensor], Tensor], pictures_NHWC: Tensor) -> Tensor:
        if not (self.checkpointing and torch.is_grad_enabled()):
            return self._see(backbone, pictures_NHWC)
        seen_NF: Tensor = checkpoint(self._see, backbone, pictures_NHWC, use_reentrant=False)
        return seen_NF

    def _see(self, backbone: Callable[[Tensor], Tensor], pictures_NHWC: Tensor) -> Tensor:
        normalised_NHWC = pictures_NHWC * self.scale_C + self.shift_C
        return backbone(normalised_NHWC.permute(0, 3, 1, 2).contiguous())

    def _backbone(self, name: str) -> Backbone:
        return cast("Backbone", self.backbones[self.streams[name].backbone])

    def _frozen(self) -> Iterator[Backbone]:
        for name, stream in self.streams.items():
            if stream.frozen:
                yield self._backbone(name)


def _fill(pictures_NHWC: Tensor, size: int) -> Tensor:
    """Blank pictures behind them, up to ``size``."""
    short = max(0, size - len(pictures_NHWC))
    return torch.cat([pictures_NHWC, pictures_NHWC.new_zeros(short, *pictures_NHWC.shape[1:])])


def _spread(features_NF: Tensor, found_BT: Tensor) -> Tensor:
    """The pictures' features in their frames' places, zero elsewhere."""
    features_BTF = features_NF.new_zeros(*found_BT.shape, features_NF.shape[-1])
    features_BTF[found_BT] = features_NF
    return features_BTF
