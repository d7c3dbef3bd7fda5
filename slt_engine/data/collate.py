"""Samples to a Batch: padding at the tail, masks True where real."""

# B clips, T frames, P pose landmarks, J joints, C channels (x, y, confidence; of crops red, green, blue), H x W pixels,
# F width of a backbone, N frames without features, L tokens, G glosses

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from slt_engine.batch import IGNORED, Batch, Uncomputed
from slt_engine.data.buffers import BUFFERS
from slt_engine.data.dataset import Sample
from slt_engine.data.feature_cache import Features
from slt_engine.data.frames import Uncached

GLOSS_PADDING = 0


def collate(samples: Sequence[Sample]) -> Batch:
    """The batch of ``samples`` in their order. A point is masked where its confidence is 0 and on padding."""
    frames_B = torch.tensor([sample.frames for sample in samples])
    longest = int(frames_B.max())
    keypoints_BTJC = _stack([sample.keypoints_TJC for sample in samples], longest)
    pose_BTPC = _stack([sample.pose_TPC for sample in samples], longest)
    glosses = [sample.glosses_G for sample in samples]
    has_glosses = glosses[0] is not None
    return Batch(
        clip_ids=tuple(sample.clip_id for sample in samples),
        texts=tuple(sample.text for sample in samples),
        frames_BT=torch.arange(longest) < frames_B[:, None],
        pose_BTPC=pose_BTPC,
        pose_mask_BTP=None if pose_BTPC is None else pose_BTPC[..., 2] > 0,
        keypoints_BTJC=keypoints_BTJC,
        keypoints_mask_BTJ=None if keypoints_BTJC is None else keypoints_BTJC[..., 2] > 0,
        crops_BTHWC={
            stream: stacked
            for stream in samples[0].crops_found_T
            if (stacked := _stack([sample.crops_THWC.get(stream) for sample in samples], longest)) is not None
        },
        features_BTF={
            stream: stacked
            for stream in samples[0].crops_found_T
            if (stacked := _stack_known([sample.features_TF.get(stream) for sample in samples], longest))
            is not None
        },
        crops_mask_BT={
            stream: _pad_mask([sample.crops_found_T[stream] for sample in samples], longest)
            for stream in samples[0].crops_found_T
            if any(_has(sample, stream) for sample in samples)
        },
        uncomputed=tuple(_list_uncomputed(samples)),
        labels_BL=_pad([sample.labels_L for sample in samples], IGNORED),
        glosses_BG=_pad([row for row in glosses if row is not None], GLOSS_PADDING) if has_glosses else None,
        gloss_lengths_B=torch.tensor([len(row) for row in glosses if row is not None])
        if has_glosses
        else None,
    )


def _stack(streams: Sequence[np.ndarray | None], longest: int) -> Tensor | None:
    """(B, T, ...) with zeros after each stream's end, in the streams' own type; None when the stream is off."""
    present = [stream for stream in streams if stream is not None]
    if not present:
        return None
    assert len(present) == len(streams), "a stream is on for all clips or for none"
    shape, kind = (len(present), longest, *present[0].shape[1:]), present[0].dtype
    stacked = BUFFERS.empty(shape) if kind == np.uint8 else np.empty(shape, kind)
    for row, stream in zip(stacked, present, strict=True):
        row[: len(stream)] = stream
        row[len(stream) :] = 0
    return torch.from_numpy(stacked)


def _stack_known(features: Sequence[np.ndarray | None], longest: int) -> Tensor | None:
    """Float16 (B, T, F) with zeros for a clip of which none are known; None where that is every clip."""
    known = [stream for stream in features if stream is not None]
    if not known:
        return None
    nothing_TF = np.zeros((0, known[0].shape[1]), np.float16)
    return _stack([nothing_TF if stream is None else stream for stream in features], longest)


def _has(sample: Sample, stream: str) -> bool:
    """Whether there is anything to read; a frozen backbone's stream that every clip of a batch lacks is left out."""
    return any(stream in known for known in (sample.crops_THWC, sample.features_TF, sample.uncached))


def _list_uncomputed(samples: Sequence[Sample]) -> Iterator[Uncomputed]:
    for row, sample in enumerate(samples):
        for stream, uncached in sample.uncached.items():
            found_N = sample.crops_found_T[stream][uncached.places_N]
            yield Uncomputed(
                stream=stream,
                row=row,
                places_N=torch.from_numpy(uncached.places_N),
                found_N=torch.from_numpy(found_N),
                crops_NHWC=torch.from_numpy(uncached.crops_NHWC),
                keep=partial(_keep, uncached, found_N),
            )


def _keep(uncached: Uncached, found_N: np.ndarray, features_NF: np.ndarray) -> None:
    uncached.entry.write(Features(uncached.frames_N, found_N, features_NF))


def _pad_mask(rows: Sequence[np.ndarray], longest: int) -> Tensor:
    padded_BT = np.zeros((len(rows), longest), bool)
    for target, row in zip(padded_BT, rows, strict=True):
        target[: len(row)] = row
    return torch.from_numpy(padded_BT)


def _pad(rows: Sequence[np.ndarray], padding: int) -> Tensor:
    padded = torch.full((len(rows), max(len(row) for row in rows)), padding)
    for target, row in zip(padded, rows, strict=True):
        target[: len(row)] = torch.from_numpy(row)
    return padded
