"""Small models and batches that every test here can afford; nothing is read from disk."""

# B clips, T frames, J joints, P pose landmarks, C channels, L tokens, G glosses. Masks are True where real.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from slt_engine.batch import Batch
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.fusion import Fusion
from slt_engine.model.mska.conv import ConvEncoder
from slt_engine.model.mska.gloss import GlossMlp
from slt_engine.model.mska.heads import CtcHeads
from slt_engine.model.mska.joint import JointEncoder
from slt_engine.model.mska.paper import READ_BY, PaperEncoder
from slt_engine.model.mska.paper_stream import table
from slt_engine.model.mska.relative import KeypointStreams
from slt_engine.model.prompt import Prompt
from slt_engine.model.seq2seq import DecoderShape, scratch_seq2seq
from slt_engine.model.streams import PoseProjector
from slt_engine.model.temporal import TemporalTransformer
from slt_engine.model.tokens import TokenIds
from slt_engine.model.translator import SignTranslator

WIDTH = 16
MAX_FRAMES = 24
GLOSSES = 7
TOKENS = TokenIds(size=20, pad=0, end=1, begin=3)
PAD, END, FIRST_TEXT_TOKEN = 0, 1, 4
JOINTS = 10
LANDMARKS = 33
STREAMS = {"body": (6, 7, 8, 9), "hand_l": (0, 1, 2), "hand_r": (3, 4, 5)}
SHOULDERS = (6, 7)
WRISTS = {"hand_l": 0, "hand_r": 3}
ENCODERS = ("conv", "joint")
DECODERS = ("t5", "bart", "mbart")


def small_streams(**changes: Any) -> KeypointStreams:
    """Two hands of three joints and a body of four."""
    values = {"streams": STREAMS, "shoulders": SHOULDERS, "wrists": WRISTS, "channels": 3}
    return KeypointStreams(**{**values, **changes})


def small_encoder(kind: str, *, dropout: float = 0.0, keypoints: KeypointStreams | None = None) -> Any:
    """A conv, a joint or a paper encoder with two temporal blocks."""
    if kind == "paper":
        return small_paper(dropout=dropout)
    shared = {"width": WIDTH, "blocks": 2, "kernel": 3, "dilation": 2, "dropout": dropout, "slope": 0.01}
    keypoints = keypoints or small_streams()
    if kind == "conv":
        return ConvEncoder(keypoints, stream_width=8, **shared)
    return JointEncoder(keypoints, joint_heads=2, stream_heads=2, feed_forward_multiplier=2, **shared)


def small_paper(**changes: Any) -> PaperEncoder:
    """Two maps a block, the first two rows of the table; ten joints stand for the 79 points."""
    values = {
        "channels": 3,
        "subsets": 2,
        "rows": table(2),
        "heads": tuple(READ_BY),
        "dropout": 0.0,
        "slope": 0.1,
        "batch_invariant": True,
    }
    return PaperEncoder([point % JOINTS for point in range(79)], **{**values, **changes})


def small_decoder(
    kind: str,
    *,
    width: int = WIDTH,
    language_id: int | None = None,
    dropout: float = 0.0,
    own_encoder: bool = False,
    prompt: Prompt | None = None,
    **overrides: Any,
) -> TextDecoder:
    """Two layers from scratch."""
    shape = DecoderShape(width=WIDTH, layers=2, heads=2, dropout=dropout, max_length=12)
    seq2seq = scratch_seq2seq(shape, TOKENS, {"model_type": kind, **overrides})
    return TextDecoder(seq2seq, width=width, language_id=language_id, own_encoder=own_encoder, prompt=prompt)


def small_translator(
    *,
    encoder: str | None = "conv",
    pose: bool = False,
    gloss_fusion: str | None = "add",
    decoder: str = "bart",
    own_encoder: bool = False,
    dropout: float = 0.0,
) -> SignTranslator:
    """The whole model in eval mode; ``encoder`` None is a model without keypoints, ``gloss_fusion`` None 'none'."""
    keypoints = small_encoder(encoder, dropout=dropout) if encoder else None
    model = SignTranslator(
        pose=PoseProjector(landmarks=(0, 11, 12), axes=3, width=WIDTH, dropout=dropout) if pose else None,
        keypoints=keypoints,
        heads=CtcHeads(keypoints.stream_widths, width=keypoints.width, vocabulary=GLOSSES)
        if keypoints
        else None,
        gloss=_small_gloss(keypoints.width) if keypoints and gloss_fusion else None,
        gloss_fusion="concat" if gloss_fusion == "concat" else "add",
        fusion=Fusion(
            {"pose": WIDTH} if pose or keypoints is None else {"keypoints": keypoints.width},
            width=WIDTH,
            dropout=dropout,
        ),
        temporal=TemporalTransformer(
            WIDTH, max_frames=MAX_FRAMES, layers=2, heads=2, feed_forward=32, dropout=dropout
        ),
        decoder=small_decoder(decoder, dropout=dropout, own_encoder=own_encoder),
    )
    return model.eval()


def small_batch(lengths: Sequence[int] = (9, 5, 12), *, seed: int = 0) -> Batch:
    """Clips of ``lengths`` frames with holes: some joints and landmarks were not found."""
    random = torch.Generator().manual_seed(seed)
    clips, frames = len(lengths), max(lengths)
    frames_BT = torch.arange(frames) < torch.tensor(lengths)[:, None]
    found_BTJ = (torch.rand(clips, frames, JOINTS, generator=random) > 0.2) & frames_BT[:, :, None]
    seen_BTP = (torch.rand(clips, frames, LANDMARKS, generator=random) > 0.2) & frames_BT[:, :, None]
    text_lengths = [2 + clip % 3 for clip in range(clips)]
    gloss_lengths = [1 + clip % 2 for clip in range(clips)]
    return Batch(
        clip_ids=tuple(f"clip{clip}" for clip in range(clips)),
        texts=tuple(f"text {clip}" for clip in range(clips)),
        frames_BT=frames_BT,
        pose_BTPC=torch.rand(clips, frames, LANDMARKS, 3, generator=random),
        pose_mask_BTP=seen_BTP,
        keypoints_BTJC=torch.rand(clips, frames, JOINTS, 3, generator=random),
        keypoints_mask_BTJ=found_BTJ,
        labels_BL=_labels(text_lengths, random),
        glosses_BG=_glosses(gloss_lengths, random),
        gloss_lengths_B=torch.tensor(gloss_lengths),
    )


def only(batch: Batch, clip: int) -> Batch:
    """``clip`` of ``batch`` alone, without its padding."""
    frames = int(batch.frames_BT[clip].sum())

    def cut(tensor: Tensor | None) -> Tensor | None:
        return None if tensor is None else tensor[clip : clip + 1, :frames]

    tokens = int((batch.labels_BL[clip] != -100).sum()) if batch.labels_BL is not None else 0
    glosses = int(batch.gloss_lengths_B[clip]) if batch.gloss_lengths_B is not None else 0
    return Batch(
        clip_ids=batch.clip_ids[clip : clip + 1],
        texts=batch.texts[clip : clip + 1],
        frames_BT=batch.frames_BT[clip : clip + 1, :frames],
        pose_BTPC=cut(batch.pose_BTPC),
        pose_mask_BTP=cut(batch.pose_mask_BTP),
        keypoints_BTJC=cut(batch.keypoints_BTJC),
        keypoints_mask_BTJ=cut(batch.keypoints_mask_BTJ),
        crops_BTHWC={name: crops[clip : clip + 1, :frames] for name, crops in batch.crops_BTHWC.items()},
        features_BTF={
            name: features[clip : clip + 1, :frames] for name, features in batch.features_BTF.items()
        },
        crops_mask_BT={name: found[clip : clip + 1, :frames] for name, found in batch.crops_mask_BT.items()},
        labels_BL=None if batch.labels_BL is None else batch.labels_BL[clip : clip + 1, :tokens],
        glosses_BG=None if batch.glosses_BG is None else batch.glosses_BG[clip : clip + 1, :glosses],
        gloss_lengths_B=None if batch.gloss_lengths_B is None else batch.gloss_lengths_B[clip : clip + 1],
    )


def spoil(batch: Batch, value: float) -> Batch:
    """``value`` wherever a mask of ``batch`` is False: padding, joints and landmarks that were not found."""
    assert batch.keypoints_BTJC is not None
    assert batch.keypoints_mask_BTJ is not None
    assert batch.pose_BTPC is not None
    assert batch.pose_mask_BTP is not None
    return replace(
        batch,
        keypoints_BTJC=torch.where(batch.keypoints_mask_BTJ[..., None], batch.keypoints_BTJC, value),
        pose_BTPC=torch.where(batch.pose_mask_BTP[..., None], batch.pose_BTPC, value),
    )


def without_keypoints(batch: Batch, *, clip: int) -> Batch:
    """``clip`` has frames, and not one keypoint or landmark in them."""
    assert batch.keypoints_mask_BTJ is not None
    assert batch.pose_mask_BTP is not None
    found_BTJ, seen_BTP = batch.keypoints_mask_BTJ.clone(), batch.pose_mask_BTP.clone()
    found_BTJ[clip], seen_BTP[clip] = False, False
    return replace(batch, keypoints_mask_BTJ=found_BTJ, pose_mask_BTP=seen_BTP)


def _small_gloss(width: int) -> GlossMlp:
    return GlossMlp(width=width, hidden=WIDTH, second_hidden=None, out=WIDTH, slope=0.01, dropout=0.0)


def _labels(lengths: Sequence[int], random: torch.Generator) -> Tensor:
    labels_BL = torch.full((len(lengths), max(lengths) + 1), -100)
    for clip, length in enumerate(lengths):
        labels_BL[clip, :length] = torch.randint(FIRST_TEXT_TOKEN, TOKENS.size, (length,), generator=random)
        labels_BL[clip, length] = END
    return labels_BL


def _glosses(lengths: Sequence[int], random: torch.Generator) -> Tensor:
    glosses_BG = torch.zeros(len(lengths), max(lengths), dtype=torch.long)
    for clip, length in enumerate(lengths):
        glosses_BG[clip, :length] = torch.randint(1, GLOSSES, (length,), generator=random)
    return glosses_BG
