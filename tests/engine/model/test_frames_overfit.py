"""Two generated clips are learned by heart, to a CER of zero, through each stream alone and through all together."""

# B clips, T frames, P landmarks, H x W pixels, C channels, L tokens.

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from slt_engine.batch import Batch
from slt_engine.config import Config
from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.evaluate.decode import DecodeOptions, translate
from slt_engine.evaluate.metrics import score
from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.build import build_model
from slt_engine.model.translator import SignTranslator
from tests.support.settings import config_with

TEXTS = ("hola mundo", "adios luna")
FRAMES = (12, 9)
SIZE = 32
STREAMS = ("face", "hand_left", "hand_right", "pose")
STEPS = 150
WEIGHTS = LossWeights(
    translation=1.0, ctc=0.0, distillation=0.0, temperature=1.0, detach_teacher=True, label_smoothing=0.0
)
OPTIONS = DecodeOptions(num_beams=1, ctc_num_beams=1, length_penalty=1.0, max_new_tokens=16)


@pytest.mark.parametrize("streams", [*[(stream,) for stream in STREAMS], STREAMS], ids="+".join)
def test_two_clips_are_learned_by_heart(streams: Sequence[str]) -> None:
    tokenizer = train_tokenizer(TEXTS, vocab_size=300, characters=True)
    batch = generated_batch(streams, tokenizer)

    model = overfit(settings(streams), batch, tokenizer)

    assert character_error_rate(model, batch, tokenizer) == 0.0


def test_clips_are_told_apart_by_what_a_frozen_backbone_says_of_them() -> None:
    tokenizer = train_tokenizer(TEXTS, vocab_size=300, characters=True)
    batch = generated_batch(("face",), tokenizer)

    model = overfit(settings(("face",), {"model.freeze_face_backbone": True}), batch, tokenizer)

    assert character_error_rate(model, batch, tokenizer) == 0.0


def test_without_its_crops_a_clip_is_not_known() -> None:
    """What the tests above show is not the memory of an order of clips."""
    tokenizer = train_tokenizer(TEXTS, vocab_size=300, characters=True)
    batch = generated_batch(("face",), tokenizer)
    model = overfit(settings(("face",)), batch, tokenizer)

    batch.crops_mask_BT["face"][:] = False

    assert character_error_rate(model, batch, tokenizer) > 0.2


def settings(streams: Sequence[str], more: Mapping[str, object] | None = None) -> Config:
    """A model that learns in seconds: ``tiny`` backbones, one temporal layer, a T5 from scratch."""
    directories = {f"data.{stream}_dir": stream if stream in streams else None for stream in STREAMS}
    backbones = {f"model.{stream}_backbone": "tiny" for stream in STREAMS[:3]}
    small = {
        "image_size": SIZE,
        "d_model": 64,
        "projector_dim": 32,
        "temporal_layers": 1,
        "decoder_layers": 1,
    }
    dropouts = dict.fromkeys(
        ("projector_dropout", "fusion_dropout", "temporal_dropout", "decoder_dropout"), 0.0
    )
    model = {f"model.{name}": value for name, value in (small | dropouts).items()}
    return config_with({**directories, **backbones, **model, **(more or {})})


def overfit(config: Config, batch: Batch, tokenizer: PreTrainedTokenizerBase) -> SignTranslator:
    torch.manual_seed(0)
    model = build_model(config, layout=None, tokenizer=tokenizer, gloss_names=[], notice=lambda _: None)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=2e-3)
    for _ in range(STEPS):
        optimizer.zero_grad()
        compute_losses(model(batch), batch, WEIGHTS).total.backward()
        optimizer.step()
    return model


def character_error_rate(model: SignTranslator, batch: Batch, tokenizer: PreTrainedTokenizerBase) -> float:
    translations = translate(model, [batch], tokenizer=tokenizer, gloss_names=[], options=OPTIONS)
    return float(score(translations).values["cer"])


def generated_batch(streams: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> Batch:
    """Clips of coloured squares that wander about, and landmarks that do; one frame in ten has no crop."""
    random = torch.Generator().manual_seed(0)
    frames_BT = torch.arange(max(FRAMES)) < torch.tensor(FRAMES)[:, None]
    crops = {stream: _squares(random) for stream in streams if stream != "pose"}
    pose_BTPC = torch.rand(len(TEXTS), max(FRAMES), 33, 3, generator=random) if "pose" in streams else None
    labels = [tokenizer(text)["input_ids"] for text in TEXTS]
    longest = max(map(len, labels))
    return Batch(
        clip_ids=("a", "b"),
        texts=TEXTS,
        frames_BT=frames_BT,
        pose_BTPC=pose_BTPC,
        pose_mask_BTP=None if pose_BTPC is None else frames_BT[..., None].expand(-1, -1, 33),
        crops_BTHWC=crops,
        crops_mask_BT={
            stream: (torch.rand(frames_BT.shape, generator=random) > 0.1) & frames_BT for stream in crops
        },
        labels_BL=torch.tensor([[*row, *[-100] * (longest - len(row))] for row in labels]),
    )


def _squares(random: torch.Generator) -> Tensor:
    pictures_BTHWC = torch.zeros(len(TEXTS), max(FRAMES), SIZE, SIZE, 3, dtype=torch.uint8)
    side = SIZE // 2
    for clip_THWC in pictures_BTHWC:
        colour_C = torch.randint(64, 256, (3,), generator=random, dtype=torch.uint8)
        for picture_HWC in clip_THWC:
            top, left = torch.randint(0, side, (2,), generator=random).tolist()
            picture_HWC[top : top + side, left : left + side] = colour_C
    return pictures_BTHWC
