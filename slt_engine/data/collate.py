"""Samples to a Batch: padding at the tail, masks True where real."""

# B clips, T frames, P pose landmarks, J joints, C channels (x, y, confidence), L tokens, G glosses

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from slt_engine.batch import Batch
from slt_engine.data.dataset import Sample

LABEL_PADDING = -100  # cross-entropy's ignore_index
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
        labels_BL=_pad([sample.labels_L for sample in samples], LABEL_PADDING),
        glosses_BG=_pad([row for row in glosses if row is not None], GLOSS_PADDING) if has_glosses else None,
        gloss_lengths_B=torch.tensor([len(row) for row in glosses if row is not None])
        if has_glosses
        else None,
    )


def _stack(streams: Sequence[np.ndarray | None], longest: int) -> Tensor | None:
    """Float32 (B, T, ...) with zeros after each stream's end; None when the stream is off."""
    present = [stream for stream in streams if stream is not None]
    if not present:
        return None
    assert len(present) == len(streams), "a stream is on for all clips or for none"
    stacked = torch.zeros(len(present), longest, *present[0].shape[1:])
    for row, stream in zip(stacked, present, strict=True):
        row[: len(stream)] = torch.from_numpy(stream)
    return stacked


def _pad(rows: Sequence[np.ndarray], padding: int) -> Tensor:
    padded = torch.full((len(rows), max(len(row) for row in rows)), padding)
    for target, row in zip(padded, rows, strict=True):
        target[: len(row)] = torch.from_numpy(row)
    return padded
