"""Features of frozen backbones: computed where the cache lacks them, kept, and put into the batch in place of crops."""

# B clips, T frames, N frames of one clip, H x W pixels, C channels (red, green, blue), F width of a backbone

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from slt_engine.batch import Batch, Uncomputed
from slt_engine.data.feature_cache import FeatureCache
from slt_engine.model.translator import SignTranslator

CHUNK = 32
"""Crops that a backbone is always given, black ones where there are fewer: products of one shape give a frame the same
bits whatever it is computed with, so that what a killed run kept changes nothing."""


def feature_caches(
    model: SignTranslator, *, home: Path | None, warn: Callable[[str], None]
) -> dict[str, FeatureCache]:
    """The cache of every stream whose backbone is frozen; without ``home`` features are computed but not kept."""
    streams = model.frames.streams if model.frames is not None else {}
    return {
        name: FeatureCache(partial(_key, model, name), home=home, warn=warn)
        for name, stream in streams.items()
        if stream.frozen
    }


@torch.no_grad()
def with_features(model: nn.Module, batch: Batch) -> Batch:
    """The batch with the features of every crop that was ``uncomputed``; on the device that it is on."""
    if not batch.uncomputed:
        return batch
    assert isinstance(model, SignTranslator), type(model)
    features_BTF = dict(batch.features_BTF)
    for part in batch.uncomputed:
        features_NF = _compute(model, part, batch.frames_BT.device)
        part.keep(features_NF.cpu().numpy())
        if part.stream not in features_BTF:
            features_BTF[part.stream] = features_NF.new_zeros(*batch.frames_BT.shape, features_NF.shape[1])
        features_BTF[part.stream][part.row, part.places_N.to(features_NF.device)] = features_NF
    return replace(batch, features_BTF=features_BTF, uncomputed=())


def _compute(model: SignTranslator, part: Uncomputed, device: torch.device) -> Tensor:
    """Float16 (N, F), zero where nothing was found. Autocast on a CPU refuses to join float16."""
    with torch.autocast(device.type, enabled=False):
        chunks = [_see(model, part.stream, crops_NHWC.to(device)) for crops_NHWC in _chunks(part)]
        features_NF = chunks[0].new_zeros(len(part.places_N), chunks[0].shape[1])
        features_NF[part.found_N.to(device)] = torch.cat(chunks)[: int(part.found_N.sum())]
    return features_NF


def _chunks(part: Uncomputed) -> tuple[Tensor, ...]:
    """The crops that show something, black ones behind them to a multiple of CHUNK; one chunk at least."""
    crops_NHWC = part.crops_NHWC[part.found_N]
    missing = -len(crops_NHWC) % CHUNK or (0 if len(crops_NHWC) else CHUNK)
    return torch.split(pad(crops_NHWC, (0, 0, 0, 0, 0, 0, 0, missing)), CHUNK)


def _see(model: SignTranslator, stream: str, crops_NHWC: Tensor) -> Tensor:
    all_1N = torch.ones(1, len(crops_NHWC), dtype=torch.bool, device=crops_NHWC.device)
    return model.frame_features(stream, crops_NHWC.unsqueeze(0), all_1N).squeeze(0)


def _key(model: SignTranslator, stream: str) -> str:
    key = model.feature_key(stream)
    assert key is not None, stream
    return key
