"""The whole model and its plain parts: streams, fusion, positions, parameter groups."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.attention import SelfAttention, never_empty
from slt_engine.model.errors import ModelError
from slt_engine.model.streams import PoseProjector
from slt_engine.model.temporal import TemporalTransformer
from slt_engine.model.tokens import language_id, token_ids
from tests.engine.model.small import DECODERS, ENCODERS, MAX_FRAMES, WIDTH, small_batch, small_translator

WEIGHTS = LossWeights(
    translation=1.0, ctc=1.0, distillation=1.0, temperature=1.0, detach_teacher=True, label_smoothing=0.1
)


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("gloss_fusion", ["add", "concat"])
@pytest.mark.parametrize("decoder", DECODERS)
def test_a_gradient_reaches_every_parameter(encoder: str, gloss_fusion: str, decoder: str) -> None:
    torch.manual_seed(0)
    model = small_translator(encoder=encoder, pose=True, gloss_fusion=gloss_fusion, decoder=decoder).train()
    batch = small_batch([9, 5, 12])
    assert batch.keypoints_mask_BTJ is not None
    assert batch.pose_mask_BTP is not None
    for frame, joints in enumerate(((6, 7, 8, 9), (0, 1, 2), (3, 4, 5))):
        batch.keypoints_mask_BTJ[0, frame, list(joints)] = False
    batch.pose_mask_BTP[0, 0] = False
    batch.pose_mask_BTP[0, 1:4, [0, 11, 12]] = ~torch.eye(3, dtype=torch.bool)

    compute_losses(model(batch), batch, WEIGHTS).total.backward()

    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_model_trains_and_generates_in_bfloat16(encoder: str) -> None:
    torch.manual_seed(0)
    model, batch = small_translator(encoder=encoder, pose=True), small_batch()

    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = compute_losses(model(batch), batch, WEIGHTS)
        encoded = model.encode(batch)
        ids_BL = model.generate(encoded, num_beams=1, length_penalty=1.0, max_new_tokens=4)
    losses.total.backward()

    assert losses.total.isfinite()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())
    assert len(ids_BL) == 3


def test_the_parameter_groups_hold_every_parameter_once() -> None:
    model = small_translator(pose=True)

    groups = model.parameter_groups()

    assert list(groups) == ["encoder", "mska", "mapper", "decoder"]
    grouped = [name for named in groups.values() for name, _ in named]
    assert sorted(grouped) == sorted(name for name, _ in model.named_parameters())
    assert {name.split(".")[0] for name, _ in groups["mska"]} == {"keypoints", "heads"}
    assert {name.split(".")[0] for name, _ in groups["mapper"]} == {"gloss"}
    assert {name.split(".")[0] for name, _ in groups["encoder"]} == {"pose", "fusion", "temporal"}


def test_concat_joins_in_time_and_add_keeps_it() -> None:
    batch = small_batch()

    added = small_translator(gloss_fusion="add").encode(batch)
    joined = small_translator(gloss_fusion="concat").encode(batch)

    assert torch.equal(added.mask_BT, batch.frames_BT)
    assert torch.equal(joined.mask_BT.sum(dim=1), 2 * batch.frames_BT.sum(dim=1))
    assert joined.states_BTD.shape == (3, 24, WIDTH)


def test_concat_puts_glosses_right_behind_a_clips_own_frames_whatever_pads_it() -> None:
    torch.manual_seed(0)
    model, batch = small_translator(gloss_fusion="concat").eval(), small_batch()
    frames = int(batch.frames_BT[1].sum())
    assert frames < batch.frames_BT.shape[1]

    encoded = model.encode(batch)

    assert encoded.mask_BT[1].tolist() == [True] * 2 * frames + [False] * (24 - 2 * frames)
    assert not encoded.states_BTD[1, 2 * frames :].any()


def test_without_labels_there_are_no_logits() -> None:
    assert small_translator()(replace(small_batch(), labels_BL=None)).logits_BLV is None


def test_a_model_without_a_stream_is_an_error() -> None:
    with pytest.raises(ModelError, match="no stream to read: give pose_dir, face_dir, or keypoints_dir"):
        small_translator(encoder=None)


def test_a_model_can_be_built_without_memory_for_its_weights() -> None:
    with torch.device("meta"):
        model = small_translator(pose=True, encoder="joint", decoder="t5")

    assert {p.device.type for p in model.parameters()} == {"meta"}


def test_a_state_dict_brings_the_model_back() -> None:
    torch.manual_seed(0)
    first, second = small_translator(decoder="t5"), small_translator(decoder="t5")
    batch = small_batch()
    assert not torch.equal(first(batch).logits_BLV, second(batch).logits_BLV)

    second.load_state_dict(first.state_dict())

    assert torch.equal(first(batch).logits_BLV, second(batch).logits_BLV)


def test_a_clip_longer_than_the_positions_is_an_error_that_names_both() -> None:
    with pytest.raises(ModelError, match=f"of 30 frames is longer than the model's {MAX_FRAMES} positions"):
        small_translator()(small_batch([30]))


def test_positions_start_large_enough_to_tell_one_frame_from_the_next() -> None:
    torch.manual_seed(0)
    temporal = TemporalTransformer(64, max_frames=50, layers=1, heads=4, feed_forward=8, dropout=0.0)
    assert temporal.positions_TD.std().item() == pytest.approx(64**-0.5, rel=0.1)


def test_heads_that_do_not_divide_the_width_are_an_error() -> None:
    with pytest.raises(ModelError, match="5 heads do not divide the width 16"):
        TemporalTransformer(16, max_frames=4, layers=1, heads=5, feed_forward=8, dropout=0.0)


def test_without_layers_the_positions_and_the_norm_remain() -> None:
    temporal = TemporalTransformer(16, max_frames=4, layers=0, heads=4, feed_forward=8, dropout=0.0)

    encoded_BTD = temporal(torch.randn(2, 3, 16), torch.ones(2, 3, dtype=torch.bool))

    torch.testing.assert_close(encoded_BTD.mean(-1), torch.zeros(2, 3), atol=1e-5, rtol=0)


def test_attention_is_the_softmax_of_its_equation() -> None:
    torch.manual_seed(0)
    attention, x_BND = SelfAttention(8, 2), torch.randn(1, 5, 8)
    mask_BN = torch.tensor([[True, True, False, True, False]])

    q_BND, k_BND, v_BND = attention.qkv(x_BND).chunk(3, dim=-1)
    by_head = []
    for head in (slice(0, 4), slice(4, 8)):
        scores_BNN = q_BND[..., head] @ k_BND[..., head].transpose(1, 2) / 4**0.5
        by_head.append(scores_BNN.masked_fill(~mask_BN, -torch.inf).softmax(-1) @ v_BND[..., head])

    torch.testing.assert_close(attention(x_BND, mask_BN), attention.out(torch.cat(by_head, dim=-1)))


def test_an_empty_row_attends_to_everything_rather_than_to_nothing() -> None:
    mask_BN = torch.tensor([[True, False], [False, False]])

    assert never_empty(mask_BN).tolist() == [[True, False], [True, True]]


def test_a_landmark_that_was_not_found_is_a_learned_point_and_a_frame_without_any_a_learned_vector() -> None:
    torch.manual_seed(0)
    projector = PoseProjector(landmarks=(0, 12), axes=2, width=4, dropout=0.0)
    torch.nn.init.constant_(projector.absent_PC, 0.5)
    batch = small_batch([3])
    assert batch.pose_BTPC is not None
    assert batch.pose_mask_BTP is not None
    batch.pose_mask_BTP[0] = True
    batch.pose_mask_BTP[0, 1, 12] = False
    batch.pose_mask_BTP[0, 2] = False

    projected_TD = projector(batch)[0]

    x, y = batch.pose_BTPC[0, 1, 0, :2].tolist()
    torch.testing.assert_close(projected_TD[1], projector.projection(torch.tensor([x, y, 0.5, 0.5])))
    assert torch.equal(projected_TD[2], projector.missing_D)
    assert torch.equal(projector(replace(batch, pose_BTPC=None))[0, 0], projector.missing_D)


def test_landmarks_that_the_files_lack_are_an_error_that_names_the_settings() -> None:
    projector = PoseProjector(landmarks=(40,), axes=3, width=4, dropout=0.0)

    with pytest.raises(
        ModelError, match="landmark 40 with 3 axes is asked for, the clips hold 33 landmarks with 3"
    ):
        projector(small_batch())


def test_the_tokenizers_special_ids_are_read_and_their_lack_is_an_error() -> None:
    tokenizer = _tokenizer(pad_token="<pad>", eos_token="</s>")

    ids = token_ids(tokenizer)

    assert (ids.size, ids.pad, ids.end, ids.begin) == (4, 0, 1, None)
    assert language_id(tokenizer, "es_XX") == 3
    with pytest.raises(ModelError, match="decoder_language 'xx_XX' is not a token"):
        language_id(tokenizer, "xx_XX")
    with pytest.raises(ModelError, match="has no end token"):
        token_ids(_tokenizer(pad_token="<pad>"))


def _tokenizer(**special: str) -> object:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = {"<pad>": 0, "</s>": 1, "<unk>": 2, "es_XX": 3}
    backend = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    return PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="<unk>", **special)
