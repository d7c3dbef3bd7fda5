"""Keypoint encoders, their heads and gloss MLP."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from slt_engine.batch import Batch
from slt_engine.model.errors import ModelError
from slt_engine.model.mska.blocks import TemporalBlock
from slt_engine.model.mska.gloss import GlossMlp
from slt_engine.model.mska.heads import CtcHeads
from slt_engine.model.mska.joint import TanhAttention
from tests.engine.model.small import (
    ENCODERS,
    GLOSSES,
    STREAMS,
    WIDTH,
    only,
    small_batch,
    small_encoder,
    small_streams,
)


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("channels", [2, 3])
def test_an_encoder_keeps_the_rate_of_the_frames(kind: str, channels: int) -> None:
    batch = small_batch()
    encoder = small_encoder(kind, keypoints=small_streams(channels=channels))

    features = encoder(batch)

    assert features.fused_BTD.shape == (3, 12, WIDTH)
    assert {name: x_BTW.shape[-1] for name, x_BTW in features.streams_BTW.items()} == encoder.stream_widths
    assert torch.equal(features.mask_BT, batch.frames_BT)


@pytest.mark.parametrize("kind", ENCODERS)
def test_confidence_is_not_read_with_two_channels(kind: str) -> None:
    torch.manual_seed(0)
    batch = small_batch()
    encoder = small_encoder(kind, keypoints=small_streams(channels=2)).eval()
    assert batch.keypoints_BTJC is not None
    doubted_BTJC = batch.keypoints_BTJC.clone()
    doubted_BTJC[..., 2] = 0.1

    doubted = encoder(replace(batch, keypoints_BTJC=doubted_BTJC))

    assert torch.equal(encoder(batch).fused_BTD, doubted.fused_BTD)


@pytest.mark.parametrize("kind", ENCODERS)
def test_a_stream_reads_its_own_joints_alone(kind: str) -> None:
    torch.manual_seed(0)
    batch = small_batch()
    encoder = small_encoder(kind).eval()
    assert batch.keypoints_BTJC is not None
    waved_BTJC = batch.keypoints_BTJC.clone()
    waved_BTJC[:, :, list(STREAMS["hand_l"])] += torch.rand(3, 1)

    still, waved = encoder(batch), encoder(replace(batch, keypoints_BTJC=waved_BTJC))

    assert torch.equal(still.streams_BTW["hand_r"], waved.streams_BTW["hand_r"])
    assert not torch.equal(still.streams_BTW["hand_l"], waved.streams_BTW["hand_l"])
    assert not torch.equal(still.fused_BTD, waved.fused_BTD)


@pytest.mark.parametrize("kind", ENCODERS)
def test_a_batch_without_keypoints_is_one_in_which_none_was_found(kind: str) -> None:
    torch.manual_seed(0)
    batch = small_batch()
    encoder = small_encoder(kind).eval()
    assert batch.keypoints_mask_BTJ is not None

    none_found = encoder(replace(batch, keypoints_mask_BTJ=torch.zeros_like(batch.keypoints_mask_BTJ)))
    no_stream = encoder(replace(batch, keypoints_BTJC=None, keypoints_mask_BTJ=None))

    assert torch.equal(none_found.fused_BTD, no_stream.fused_BTD)
    assert not any(seen_B.any() for seen_B in no_stream.seen_B.values())


@pytest.mark.parametrize("kind", ENCODERS)
def test_every_parameter_of_an_encoder_and_its_heads_gets_a_gradient(kind: str) -> None:
    torch.manual_seed(0)
    batch = _with_a_lost_hand(small_batch())
    encoder = small_encoder(kind)
    heads = CtcHeads(encoder.stream_widths, width=WIDTH, vocabulary=GLOSSES)

    sum(logits_BTG.square().sum() for logits_BTG in heads(encoder(batch)).values()).backward()

    named = [*encoder.named_parameters(), *heads.named_parameters()]
    assert [name for name, p in named if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (3, 2), (5, 3)])
def test_a_temporal_block_sees_its_kernel_and_no_further(kernel: int, dilation: int) -> None:
    torch.manual_seed(0)
    block = TemporalBlock(4, kernel=kernel, dilation=dilation, dropout=0.0, slope=0.01)
    x_BTD, frames_BT = torch.randn(1, 21, 4), torch.ones(1, 21, dtype=torch.bool)
    struck_BTD = x_BTD.clone()
    struck_BTD[:, 10] += torch.randn(4)

    changed = (block(x_BTD, frames_BT) != block(struck_BTD, frames_BT)).any(-1)[0].nonzero().flatten()

    reach = kernel // 2 * dilation
    assert changed.tolist() == list(range(10 - reach, 10 + reach + 1, dilation))


def test_an_even_kernel_is_an_error() -> None:
    with pytest.raises(ModelError, match="mska_temporal_kernel 4 is even"):
        TemporalBlock(4, kernel=4, dilation=1, dropout=0.0, slope=0.01)


def test_a_joint_that_was_not_found_takes_no_part_in_the_attention() -> None:
    torch.manual_seed(0)
    attention, x_NjD = TanhAttention(8, 2), torch.randn(1, 5, 8)
    found = [0, 2, 3]
    found_Nj = torch.zeros(1, 5, dtype=torch.bool)
    found_Nj[0, found] = True

    among_all = attention(x_NjD, found_Nj)[:, found]

    torch.testing.assert_close(among_all, attention(x_NjD[:, found], torch.ones(1, 3, dtype=torch.bool)))


def test_streams_attend_to_the_streams_that_a_frame_shows() -> None:
    batch = _with_a_lost_hand(small_batch())
    encoder = small_encoder("joint")
    masks: list[Tensor] = []
    encoder.across.register_forward_pre_hook(lambda _, inputs: masks.append(inputs[1]))

    encoder(batch)

    assert batch.keypoints_mask_BTJ is not None
    for stream, joints in enumerate(STREAMS.values()):
        seen_BT = batch.keypoints_mask_BTJ[:, :, list(joints)].any(dim=-1)
        assert torch.equal(masks[0].view(3, 12, 3)[:, :, stream], seen_BT)


def test_heads_that_do_not_divide_the_width_are_an_error() -> None:
    with pytest.raises(ModelError, match="mska_stream_heads 3 do not divide the width 16"):
        TanhAttention(16, 3)


def test_the_gloss_mlp_is_the_guides() -> None:
    one = GlossMlp(width=4, hidden=6, second_hidden=None, out=5, slope=0.2, dropout=0.3).layers
    two = GlossMlp(width=4, hidden=6, second_hidden=7, out=5, slope=0.2, dropout=0.3).layers

    assert [type(layer) for layer in one] == [nn.Linear, nn.LeakyReLU, nn.Dropout, nn.Linear]
    assert [type(layer) for layer in two] == [nn.Linear, nn.LeakyReLU, nn.Dropout] * 2 + [nn.Linear]
    assert [tuple(layer.weight.shape) for layer in two if isinstance(layer, nn.Linear)] == [
        (6, 4),
        (7, 6),
        (5, 7),
    ]
    assert isinstance(two[1], nn.LeakyReLU)
    assert two[1].negative_slope == 0.2


def test_a_stream_may_not_be_called_fused() -> None:
    with pytest.raises(ModelError, match="is called 'fused'"):
        CtcHeads({"fused": 4}, width=4, vocabulary=3)


@pytest.mark.parametrize("kind", ENCODERS)
def test_a_clip_alone_has_the_features_that_it_has_in_a_batch(kind: str) -> None:
    torch.manual_seed(0)
    batch = small_batch()
    encoder = small_encoder(kind).eval()

    together, alone = encoder(batch), encoder(only(batch, 1))

    torch.testing.assert_close(together.fused_BTD[1, :5], alone.fused_BTD[0], atol=1e-5, rtol=0)
    for name, x_BTW in alone.streams_BTW.items():
        torch.testing.assert_close(together.streams_BTW[name][1, :5], x_BTW[0], atol=1e-5, rtol=0)


def _with_a_lost_hand(batch: Batch) -> Batch:
    """A frame of clip 0 lacks each stream in turn, so that what stands for a missing one is used."""
    assert batch.keypoints_mask_BTJ is not None
    found_BTJ = batch.keypoints_mask_BTJ.clone()
    for frame, joints in enumerate(STREAMS.values()):
        found_BTJ[0, frame, list(joints)] = False
    return replace(batch, keypoints_mask_BTJ=found_BTJ)
