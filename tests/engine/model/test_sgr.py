"""SGR: the learned matrix between joints, its activations, its mix with the local attention, its masks."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.errors import ModelError
from slt_engine.model.mska.joint import JointEncoder, TanhAttention
from slt_engine.model.mska.sgr import ACTIVATIONS, GlobalAttention, GlobalWeights
from slt_engine.model.translator import SignTranslator
from slt_engine.train.optim import build_optimizer
from tests.engine.model.small import (
    MAX_FRAMES,
    STREAMS,
    only,
    small_batch,
    small_translator,
    spoil,
    without_keypoints,
)

WEIGHTS = LossWeights(
    translation=1.0, ctc=1.0, distillation=1.0, temperature=1.0, detach_teacher=True, label_smoothing=0.0
)
SIZES = {name: len(joints) for name, joints in STREAMS.items()}
FORMULAS: dict[str, Callable[[float], float]] = {
    "softmax": math.exp,
    "sigmoid": lambda m: 1 / (1 + math.exp(-m)),
    "tanh": lambda m: max(math.tanh(m), 0.0),
    "relu": lambda m: max(m, 0.0),
    "identity": lambda m: max(m, 0.0),
}


def small_sgr(**changes: object) -> GlobalAttention:
    values: dict[str, object] = {"shared": False, "activation": "softmax", "mix": 0.5, **changes}
    return GlobalAttention(SIZES, **values)  # type: ignore[arg-type]


def translator_with(sgr: GlobalAttention | None, *, seed: int = 0) -> SignTranslator:
    """The same weights for the same seed, whatever the SGR."""
    torch.manual_seed(seed)
    model = small_translator(encoder="joint")
    assert isinstance(model.keypoints, JointEncoder)
    model.keypoints.sgr = sgr
    return model


def matrix_of(sgr: GlobalAttention, name: str) -> torch.nn.Parameter:
    return dict(sgr.named_parameters())[f"matrices.{name}.matrix_jj"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_activation_equals_its_formula_over_the_valid_joints(activation: str) -> None:
    torch.manual_seed(0)
    sgr = small_sgr(activation=activation)
    matrix_of(sgr, "body").data.normal_()
    valid_Xj = torch.tensor(
        [[True, True, True, True], [True, False, True, True], [False, True, False, False]]
    )

    rows_Xjj = sgr("body", valid_Xj).rows_Xjj

    expected = [
        written_out(matrix_of(sgr, "body").tolist(), valid, FORMULAS[activation])
        for valid in valid_Xj.tolist()
    ]
    torch.testing.assert_close(rows_Xjj, torch.tensor(expected), atol=1e-6, rtol=0)


def written_out(
    matrix: list[list[float]], valid: list[bool], formula: Callable[[float], float]
) -> list[list[float]]:
    """Every entry through ``formula``, zero at joints that are not valid, over its row's sum where it has one."""
    rows = [[formula(m) if v else 0.0 for m, v in zip(row, valid, strict=True)] for row in matrix]
    return [[entry / (sum(row) or 1.0) for entry in row] for row in rows]


def test_the_matrix_begins_as_the_identity() -> None:
    sgr = small_sgr(activation="identity")

    assert torch.equal(sgr("hand_l", torch.ones(1, 3, dtype=torch.bool)).rows_Xjj[0], torch.eye(3))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_row_without_valid_joints_is_zero_and_so_is_its_gradient(activation: str) -> None:
    sgr = small_sgr(activation=activation)

    rows_Xjj = sgr("body", torch.zeros(2, 4, dtype=torch.bool)).rows_Xjj
    rows_Xjj.sum().backward()

    assert not rows_Xjj.any()
    gradient = matrix_of(sgr, "body").grad
    assert gradient is not None
    assert not gradient.any()


def test_a_softmax_is_exact_however_far_a_masked_joint_is_ahead() -> None:
    sgr = small_sgr()
    matrix_of(sgr, "hand_l").data[0] = torch.tensor([1e4, 1.0, 1.0])

    rows_Xjj = sgr("hand_l", torch.tensor([[False, True, True]])).rows_Xjj

    assert rows_Xjj[0, 0].tolist() == [0.0, 0.5, 0.5]


@pytest.mark.parametrize("mix", [0.0, 0.3, 1.0])
def test_the_mix_is_between_the_local_and_the_global_map(mix: float) -> None:
    torch.manual_seed(0)
    local_XHjj, rows_Xjj = torch.randn(2, 3, 4, 4), torch.rand(2, 4, 4)

    blended_XHjj = GlobalWeights(rows_Xjj, mix).blend(local_XHjj)

    torch.testing.assert_close(blended_XHjj[:, 1], (1 - mix) * local_XHjj[:, 1] + mix * rows_Xjj)


def test_with_the_global_matrix_alone_the_attention_is_its_product_with_the_values() -> None:
    torch.manual_seed(0)
    attention, x_NjD = TanhAttention(8, 2), torch.randn(1, 4, 8)
    rows_Xjj = torch.rand(1, 4, 4)

    attended = attention(x_NjD, torch.ones(1, 4, dtype=torch.bool), GlobalWeights(rows_Xjj, 1.0))

    values_NjD = attention.qkv(x_NjD)[..., 16:]
    torch.testing.assert_close(attended, attention.out(rows_Xjj @ values_NjD))


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_mix_0_equals_no_sgr_to_the_last_bit_in_training_too(activation: str, shared: bool) -> None:
    without, with_it = (
        train(translator_with(sgr), steps=3)
        for sgr in (None, small_sgr(mix=0.0, activation=activation, shared=shared))
    )

    assert all(torch.equal(with_it[name], weight) for name, weight in without.items())
    assert with_it.keys() - without.keys()


def test_mix_changes_what_the_decoder_reads() -> None:
    batch = small_batch()

    states = [translator_with(small_sgr(mix=mix)).encode(batch).states_BTD for mix in (0.0, 0.5, 1.0)]

    assert not torch.equal(states[0], states[1])
    assert not torch.equal(states[1], states[2])


def test_each_activation_gives_another_result() -> None:
    batch = small_batch()

    states = {name: states_of(small_sgr(activation=name), batch) for name in ACTIVATIONS}

    assert torch.equal(states.pop("relu"), states["identity"])  # without negatives they are the same function
    different = [
        not torch.equal(one, other)
        for name, one in states.items()
        for key, other in states.items()
        if name < key
    ]
    assert all(different)
    assert len(different) == 6


def states_of(sgr: GlobalAttention, batch: object) -> Tensor:
    """With every matrix set to the same numbers, negative ones too."""
    for parameter in sgr.parameters():
        parameter.data = torch.linspace(-1.0, 2.0, parameter.numel()).view_as(parameter)
    return translator_with(sgr).encode(batch).states_BTD  # type: ignore[arg-type]


def test_each_stream_has_its_own_matrix_or_all_share_the_largest() -> None:
    own = {name: tuple(p.shape) for name, p in small_sgr().named_parameters()}
    shared = {name: tuple(p.shape) for name, p in small_sgr(shared=True).named_parameters()}

    assert own == {f"matrices.{name}.matrix_jj": (size, size) for name, size in SIZES.items()}
    assert shared == {"matrices.shared.matrix_jj": (4, 4)}


def test_a_shared_matrix_learns_from_every_stream_and_its_own_matrix_from_one() -> None:
    own, shared = small_sgr(), small_sgr(shared=True)
    valid_Xj = torch.ones(1, 3, dtype=torch.bool)

    for sgr in (own, shared):
        sgr("hand_l", valid_Xj).rows_Xjj[0, 0, 1].backward()

    gradients = {name: p.grad for name, p in own.named_parameters()}
    assert [name for name, gradient in gradients.items() if gradient is not None] == [
        "matrices.hand_l.matrix_jj"
    ]
    gradient = matrix_of(shared, "shared").grad
    assert gradient is not None
    assert gradient[0, :3].all()
    assert not gradient[3].any()


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_matrix_moves_under_training(activation: str, shared: bool) -> None:
    """Every entry off the diagonal; a row's only entry has no gradient where rows are normalised without a softmax."""
    sgr = small_sgr(activation=activation, shared=shared)
    before = {name: p.detach().clone() for name, p in sgr.named_parameters()}

    train(translator_with(sgr), steps=2)

    moved = {name: (p != before[name]) | torch.eye(len(p)).bool() for name, p in sgr.named_parameters()}
    assert all(moved_jj.all() for moved_jj in moved.values())


def test_the_matrix_trains_at_the_rate_of_mska_and_does_not_decay() -> None:
    model = translator_with(small_sgr())
    rates = {"encoder": 0.1, "mska": 0.2, "mapper": 0.3, "decoder": 0.4}

    optimizer = build_optimizer(model.parameter_groups(), rates, name="adamw", weight_decay=0.5)

    assert model.keypoints is not None
    matrix = matrix_of(model.keypoints.sgr, "body")  # type: ignore[arg-type]
    (group,) = [group for group in optimizer.param_groups if any(p is matrix for p in group["params"])]
    assert (group["part"], group["lr"], group["weight_decay"]) == ("mska", 0.2, 0.0)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("mix", [0.5, 1.0])
def test_a_clip_alone_gives_what_it_gives_in_a_padded_batch(
    activation: str, shared: bool, mix: float
) -> None:
    sgr = small_sgr(activation=activation, shared=shared, mix=mix)
    model, batch = translator_with(sgr), small_batch([7, 4, MAX_FRAMES])
    scramble(sgr)

    with torch.no_grad():
        together, alone = model.encode(batch), model.encode(only(batch, 1))

    torch.testing.assert_close(together.states_BTD[1, :4], alone.states_BTD[0], atol=1e-5, rtol=0)
    for name, logits_BTG in alone.ctc_BTG.items():
        torch.testing.assert_close(together.ctc_BTG[name][1, :4], logits_BTG[0], atol=1e-5, rtol=0)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("value", [math.nan, math.inf, 1e9])
def test_what_stands_at_a_masked_joint_changes_nothing(activation: str, value: float) -> None:
    sgr = small_sgr(activation=activation)
    model, batch = translator_with(sgr), small_batch()
    scramble(sgr)

    with torch.no_grad():
        clean, spoilt = model.encode(batch), model.encode(spoil(batch, value))

    assert torch.equal(clean.states_BTD, spoilt.states_BTD)
    assert all(torch.equal(clean.ctc_BTG[name], spoilt.ctc_BTG[name]) for name in clean.ctc_BTG)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_clip_without_any_keypoint_trains_with_finite_gradients(activation: str) -> None:
    model = translator_with(small_sgr(activation=activation, mix=1.0))
    batch = without_keypoints(spoil(small_batch(), math.nan), clip=1)

    losses = compute_losses(model(batch), batch, WEIGHTS)
    losses.total.backward()

    assert losses.total.isfinite()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_model_with_sgr_trains_in_bfloat16(activation: str) -> None:
    model, batch = translator_with(small_sgr(activation=activation)), small_batch()

    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = compute_losses(model(batch), batch, WEIGHTS)
    losses.total.backward()

    assert losses.total.isfinite()
    assert model.keypoints is not None
    gradient = matrix_of(model.keypoints.sgr, "body").grad  # type: ignore[arg-type]
    assert gradient is not None
    assert gradient.isfinite().all()


def test_sgr_reloads() -> None:
    sgr = small_sgr()
    model, batch = translator_with(sgr), small_batch()
    scramble(sgr)
    again = translator_with(small_sgr(), seed=1)

    again.load_state_dict(model.state_dict())

    assert torch.equal(again.encode(batch).states_BTD, model.encode(batch).states_BTD)


def test_an_unknown_activation_is_an_error() -> None:
    with pytest.raises(ModelError, match="mska_sgr_activation 'gelu' is unknown; choose one of softmax"):
        small_sgr(activation="gelu")


def scramble(sgr: GlobalAttention) -> None:
    draw = torch.Generator().manual_seed(0)
    for parameter in sgr.parameters():
        parameter.data = torch.randn(parameter.shape, generator=draw)


def train(model: SignTranslator, *, steps: int) -> dict[str, Tensor]:
    """The weights after some steps on one batch."""
    batch = small_batch()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.0)
    for _ in range(steps):
        optimizer.zero_grad()
        compute_losses(model(batch), batch, WEIGHTS).total.backward()
        optimizer.step()
    return model.state_dict()
