"""SGR on the published network: mixed into every block's maps, once a clip."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from slt_engine.clips.layouts import LAYOUTS
from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.model.build import outline_model
from slt_engine.model.mska.features import KeypointFeatures
from slt_engine.model.mska.packing import Packing
from slt_engine.model.mska.paper import STREAMS, PaperEncoder
from slt_engine.model.mska.paper_block import PaperBlock
from slt_engine.model.mska.sgr import ACTIVATIONS, GlobalAttention, GlobalWeights
from tests.engine.model.small import only, small_batch, small_paper, spoil, without_keypoints
from tests.support.settings import KEYPOINTS, config_with

SIZES = {name: len(joints) for name, joints in STREAMS.items()}


def paper_with(*, mix: float, activation: str = "softmax", shared: bool = False) -> PaperEncoder:
    """The same weights whatever the mix; matrices that have learned something."""
    torch.manual_seed(0)
    encoder = small_paper(sgr=GlobalAttention(SIZES, shared=shared, activation=activation, mix=mix))
    for matrix_jj in encoder.sgr.parameters():
        matrix_jj.data.normal_()
    return encoder


def paper_without() -> PaperEncoder:
    torch.manual_seed(0)
    return small_paper()


def tensors_of(features: KeypointFeatures) -> dict[str, torch.Tensor]:
    return {"fused": features.fused_BTD, **features.streams_BTW}


def test_a_blocks_map_is_between_its_own_and_the_global_one() -> None:
    torch.manual_seed(0)
    block = PaperBlock(8, 8, query_channels=4, joints=5, subsets=2, kernel=3, stride=1).eval()
    x_NJC, frames = torch.randn(6, 5, 8), Packing.of(torch.ones(2, 3, dtype=torch.bool))
    rows_Bjj = torch.rand(2, 5, 5)

    mixed_BSJJ = block.attention(x_NJC, frames, GlobalWeights(rows_Bjj, 0.3).as_columns())

    local_BSJJ = block.attention(x_NJC, frames)
    for subset in range(2):
        expected_BJJ = 0.7 * local_BSJJ[:, subset] + 0.3 * rows_Bjj.transpose(1, 2)
        torch.testing.assert_close(mixed_BSJJ[:, subset], expected_BJJ)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("shared", [False, True])
def test_mix_0_equals_the_published_network_to_the_last_bit(shared: bool, training: bool) -> None:
    without = tensors_of(paper_without().train(training)(small_batch()))
    with_it = tensors_of(paper_with(mix=0.0, shared=shared).train(training)(small_batch()))

    assert all(torch.equal(with_it[name], without[name]) for name in without)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_mix_and_activation_change_what_comes_out(activation: str) -> None:
    batch = small_batch()
    published = paper_without().eval()(batch).fused_BTD

    fused = [paper_with(mix=mix, activation=activation).eval()(batch).fused_BTD for mix in (0.5, 1.0)]

    assert not torch.equal(fused[0], published)
    assert not torch.equal(fused[0], fused[1])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_clip_alone_gives_what_it_gives_in_a_padded_batch(activation: str) -> None:
    encoder, batch = paper_with(mix=0.5, activation=activation).eval(), small_batch([7, 4, 12])

    with torch.no_grad():
        together, alone = encoder(batch), encoder(only(batch, 1))

    length = alone.mask_BT.shape[1]
    for name, expected in tensors_of(alone).items():
        torch.testing.assert_close(tensors_of(together)[name][1, :length], expected[0], atol=1e-5, rtol=0)


def test_what_stands_at_a_masked_joint_changes_nothing() -> None:
    encoder, batch = paper_with(mix=1.0).eval(), small_batch()

    clean, spoilt = encoder(batch), encoder(spoil(batch, math.nan))

    assert all(torch.equal(tensors_of(clean)[name], value) for name, value in tensors_of(spoilt).items())


def test_a_joint_that_a_clip_never_shows_gives_to_no_other() -> None:
    encoder, batch = paper_with(mix=0.5), small_batch()
    assert batch.keypoints_mask_BTJ is not None
    found_BTJ = batch.keypoints_mask_BTJ.clone()
    found_BTJ[0, :, 3] = False
    seen: list[GlobalWeights] = []
    encoder.streams["face"].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[2]))

    encoder(replace(batch, keypoints_mask_BTJ=found_BTJ))

    lost = [place for place, joint in enumerate(STREAMS["face"]) if joint % 10 == 3]
    assert lost
    assert not seen[0].rows_Xjj[0, lost].any()
    assert seen[0].rows_Xjj[1, lost].any()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_clip_without_any_keypoint_trains_with_finite_gradients(activation: str) -> None:
    encoder = paper_with(mix=1.0, activation=activation)
    batch = without_keypoints(spoil(small_batch(), math.nan), clip=1)

    sum(value.square().sum() for value in tensors_of(encoder(batch)).values()).backward()

    assert all(p.grad is None or p.grad.isfinite().all() for p in encoder.parameters())


@pytest.mark.parametrize("shared", [False, True])
def test_every_matrix_moves_under_training(shared: bool) -> None:
    encoder = paper_with(mix=0.5, shared=shared)
    before = {name: p.detach().clone() for name, p in encoder.sgr.named_parameters()}

    optimizer = torch.optim.AdamW(encoder.parameters(), lr=1e-2)
    encoder(small_batch()).fused_BTD.square().sum().backward()
    optimizer.step()

    assert all((p != before[name]).all() for name, p in encoder.sgr.named_parameters())


@pytest.mark.parametrize(
    ("shared", "sizes"), [(False, {"left": 27, "right": 27, "face": 26, "body": 79}), (True, {"shared": 79})]
)
def test_the_settings_give_a_matrix_a_stream_or_one_for_all(shared: bool, sizes: dict[str, int]) -> None:
    config = config_with(
        {
            **KEYPOINTS,
            "model.mska_encoder": "paper",
            "model.mska_use_sgr": True,
            "model.mska_sgr_shared": shared,
        }
    )

    model = outline_model(
        config,
        layout=LAYOUTS["mska_79"].without_unused(),
        tokenizer=train_tokenizer(["hola"], vocab_size=300, characters=True),
        gloss_names=["<blank>"],
    )

    assert isinstance(model.keypoints, PaperEncoder)
    matrices = model.keypoints.sgr.named_parameters()
    assert {name.split(".")[1]: tuple(p.shape) for name, p in matrices} == {
        name: (size, size) for name, size in sizes.items()
    }
