"""Batches for the measurement of a step: every frame real, random pictures, points and texts."""

# B clips, T frames, P landmarks, J joints, H x W pixels, C channels, L tokens, G glosses. Masks are True where real.

from __future__ import annotations

import torch
from transformers import PreTrainedTokenizerBase

from slt_engine.batch import Batch
from slt_engine.clips.layouts import LAYOUTS
from slt_engine.config import Config
from slt_engine.data.tokenizer import train_tokenizer

LANDMARKS, TOKENS, SIGNED = 33, 32, 12
LAYOUT = LAYOUTS["coco_wholebody_133"].without_unused()
GLOSSES = ["<blank>", *(f"g{number}" for number in range(1, 1094))]
"""With the blank 1,094, as the published network has of Phoenix-2014T."""


def letters() -> PreTrainedTokenizerBase:
    """A small tokenizer; a decoder by name keeps its own vocabulary all the same."""
    return train_tokenizer(["abcdefghijklmnopqrstuvwxyz"], vocab_size=300, characters=True)


def made_batch(config: Config, tokenizer: PreTrainedTokenizerBase, *, clips: int, frames: int) -> Batch:
    """``clips`` of ``frames`` frames in every stream that is on, with texts of 32 tokens and 12 glosses."""
    frames_BT = torch.ones(clips, frames, dtype=torch.bool)
    side, streams = config.model.image_size, config.data.crop_dirs
    crops = {
        stream: torch.randint(0, 256, (clips, frames, side, side, 3), dtype=torch.uint8) for stream in streams
    }
    pose = bool(config.data.pose_dir)
    keypoints = config.model.use_mska
    return Batch(
        clip_ids=tuple(f"clip{clip}" for clip in range(clips)),
        texts=("",) * clips,
        frames_BT=frames_BT,
        pose_BTPC=torch.rand(clips, frames, LANDMARKS, 3) if pose else None,
        pose_mask_BTP=torch.ones(clips, frames, LANDMARKS, dtype=torch.bool) if pose else None,
        keypoints_BTJC=torch.rand(clips, frames, LAYOUT.points, 3) if keypoints else None,
        keypoints_mask_BTJ=torch.ones(clips, frames, LAYOUT.points, dtype=torch.bool) if keypoints else None,
        crops_BTHWC=crops,
        crops_mask_BT=dict.fromkeys(streams, frames_BT),
        labels_BL=torch.randint(4, len(tokenizer), (clips, TOKENS)),
        glosses_BG=torch.randint(1, len(GLOSSES), (clips, min(SIGNED, frames // 8))),
        gloss_lengths_B=torch.full((clips,), min(SIGNED, frames // 8)),
    )
