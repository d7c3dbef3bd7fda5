"""The decoder model's own encoder in use: what it gives is what Hugging Face gives for the same inputs_embeds."""

# B clips, T frames, D width.

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor
from transformers import GenerationConfig

from slt_engine.losses import translation_loss
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.errors import ModelError
from slt_engine.model.seq2seq import named_seq2seq
from slt_engine.train.optim import build_optimizer
from tests.engine.model.small import DECODERS, TOKENS, WIDTH, small_batch, small_decoder, small_translator
from tests.engine.model.test_seq2seq import WIDTH as NAMED_WIDTH
from tests.engine.model.test_seq2seq import pretrained


@pytest.fixture(name="states_BTD")
def encoded_states() -> Tensor:
    return torch.randn(3, 12, WIDTH, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("kind", DECODERS)
def test_the_loss_is_hugging_faces_own_for_the_same_inputs(kind: str, states_BTD: Tensor) -> None:
    torch.manual_seed(0)
    batch = small_batch()
    assert batch.labels_BL is not None
    decoder = small_decoder(kind, own_encoder=True).eval()

    theirs = decoder.seq2seq(
        inputs_embeds=states_BTD, attention_mask=batch.frames_BT.long(), labels=batch.labels_BL
    ).loss
    logits_BLV = decoder(states_BTD, batch.frames_BT, batch.labels_BL)

    ours = translation_loss(logits_BLV, batch.labels_BL, smoothing=0.0)[0]
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("kind", DECODERS)
@pytest.mark.parametrize("beams", [1, 3])
def test_a_named_decoder_with_its_encoder_gives_its_own_loss_and_texts(
    kind: str, beams: int, tmp_path: Path
) -> None:
    theirs = pretrained(kind, tmp_path)
    batch = small_batch()
    assert batch.labels_BL is not None
    states_BTD, mask_BT = torch.randn(3, 12, NAMED_WIDTH), batch.frames_BT
    seq2seq = named_seq2seq(str(tmp_path), TOKENS, {}, local_files_only=True)
    ours = TextDecoder(seq2seq, width=NAMED_WIDTH, language_id=None, own_encoder=True).eval()

    logits_BLV = ours(states_BTD, mask_BT, batch.labels_BL)
    ids_BL = ours.generate(states_BTD, mask_BT, num_beams=beams, length_penalty=1.0, max_new_tokens=8)

    settings = GenerationConfig(max_new_tokens=8, num_beams=beams, decoder_start_token_id=ours.start_id)
    given = {"inputs_embeds": states_BTD, "attention_mask": mask_BT.long()}
    torch.testing.assert_close(logits_BLV, theirs(**given, labels=batch.labels_BL).logits)
    assert ids_BL.tolist() == theirs.generate(**given, generation_config=settings).tolist()


@pytest.mark.parametrize("kind", DECODERS)
def test_its_weights_are_the_decoders_and_every_one_gets_a_gradient(kind: str, states_BTD: Tensor) -> None:
    torch.manual_seed(0)
    model, batch = small_translator(decoder=kind), small_batch()
    model.decoder = small_decoder(kind, own_encoder=True)
    assert batch.labels_BL is not None

    groups = model.parameter_groups()
    logits_BLV = model.decoder(states_BTD, batch.frames_BT, batch.labels_BL)
    translation_loss(logits_BLV, batch.labels_BL, smoothing=0.1)[0].backward()

    own = [name for name, _ in groups["decoder"] if "seq2seq.encoder." in name or "model.encoder." in name]
    assert any(".q" in name for name in own)
    assert [name for name, p in model.decoder.named_parameters() if p.grad is None] == []
    optimizer = build_optimizer(groups, dict.fromkeys(groups, 0.1), name="adamw", weight_decay=0.1)
    held = sum(len(group["params"]) for group in optimizer.param_groups if group["part"] == "decoder")
    assert held == len(groups["decoder"])


@pytest.mark.parametrize("kind", DECODERS)
def test_padding_frames_cannot_change_what_a_clip_says(kind: str, states_BTD: Tensor) -> None:
    torch.manual_seed(0)
    batch = small_batch()
    assert batch.labels_BL is not None
    decoder = small_decoder(kind, own_encoder=True).eval()
    spoilt_BTD = torch.where(batch.frames_BT[..., None], states_BTD, 100.0)
    alone_1TD = states_BTD[1:2, : int(batch.frames_BT[1].sum())]

    together_BLV = decoder(states_BTD, batch.frames_BT, batch.labels_BL)

    torch.testing.assert_close(decoder(spoilt_BTD, batch.frames_BT, batch.labels_BL), together_BLV)
    alone_1LV = decoder(alone_1TD, torch.ones(alone_1TD.shape[:2], dtype=torch.bool), batch.labels_BL[1:2])
    torch.testing.assert_close(alone_1LV, together_BLV[1:2], atol=1e-5, rtol=1e-5)


def test_the_encoder_changes_what_is_read(states_BTD: Tensor) -> None:
    batch = small_batch()
    torch.manual_seed(0)
    used = small_decoder("t5", own_encoder=True).eval()
    torch.manual_seed(0)
    dropped = small_decoder("t5").eval()

    one, other = (decoder(states_BTD, batch.frames_BT, batch.labels_BL) for decoder in (used, dropped))

    assert not torch.allclose(one, other)


def test_more_frames_than_the_encoder_has_positions_are_an_error_that_says_what_to_do() -> None:
    decoder = small_decoder("mbart", own_encoder=True)

    with pytest.raises(ModelError, match=r"13 positions, too few for 14 frames .*; lower sequence_length"):
        decoder(torch.randn(1, 14, WIDTH), torch.ones(1, 14, dtype=torch.bool), torch.tensor([[5, 1]]))
