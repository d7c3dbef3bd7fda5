"""Streams of more joints: what was learned of the others stays, with the optimizer's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from slt_engine.batch import Batch
from slt_engine.checkpoint import CheckpointError, load_weights
from slt_engine.clips.layouts import Layout
from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.errors import ModelError
from slt_engine.model.grow import grow
from slt_engine.model.mska.joint import JointEncoder
from slt_engine.model.mska.relative import KeypointStreams
from slt_engine.model.mska.sgr import GlobalAttention
from slt_engine.model.translator import SignTranslator
from slt_engine.train.optim import OPTIMIZERS, build_optimizer
from tests.engine.model.small import JOINTS, SHOULDERS, STREAMS, small_batch, small_encoder, small_translator

WEIGHTS = LossWeights(
    translation=1.0, ctc=1.0, distillation=0.0, temperature=1.0, detach_teacher=True, label_smoothing=0.0
)
NAMES, MATRIX = "keypoints.joints.body.names_jD", "keypoints.sgr.matrices.body.matrix_jj"
RATE = 1e-3
SMALL = Layout("small", JOINTS, STREAMS, SHOULDERS, {"hand_l": 0, "hand_r": 0})
LARGE = replace(SMALL, name="large", points=12, streams={**STREAMS, "body": (*STREAMS["body"], 10, 11)})


def translator_of(layout: Layout, *, shared: bool = False, seed: int = 0) -> SignTranslator:
    """A joint encoder with SGR over the streams of ``layout``."""
    torch.manual_seed(seed)
    model = small_translator(encoder="joint")
    streams = KeypointStreams.of_layout(layout, channels=3)
    model.keypoints = small_encoder("joint", keypoints=streams)
    assert isinstance(model.keypoints, JointEncoder)
    model.keypoints.sgr = GlobalAttention(streams.sizes(), shared=shared, activation="softmax", mix=0.5)
    return model


def optimizer_of(model: SignTranslator, name: str = "adamw") -> torch.optim.Optimizer:
    groups = model.parameter_groups()
    return build_optimizer(groups, dict.fromkeys(groups, RATE), name=name, weight_decay=0.0)


def widened(batch: Batch, *, found: bool) -> Batch:
    """The same clips with two joints more."""
    assert batch.keypoints_BTJC is not None
    assert batch.keypoints_mask_BTJ is not None
    new_BTJC = torch.rand(*batch.frames_BT.shape, 2, 3, generator=torch.Generator().manual_seed(1))
    seen_BTJ = batch.frames_BT.unsqueeze(-1).expand(-1, -1, 2) & found
    return replace(
        batch,
        keypoints_BTJC=torch.cat([batch.keypoints_BTJC, new_BTJC], dim=2),
        keypoints_mask_BTJ=torch.cat([batch.keypoints_mask_BTJ, seen_BTJ], dim=2),
    )


def step(model: SignTranslator, optimizer: torch.optim.Optimizer, batch: Batch) -> None:
    optimizer.zero_grad()
    compute_losses(model(batch), batch, WEIGHTS).total.backward()
    optimizer.step()


def copy_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.detach().clone() if isinstance(value, Tensor) else value for name, value in values.items()
    }


def parameter(model: nn.Module, name: str) -> nn.Parameter:
    return dict(model.named_parameters())[name]


def test_new_rows_and_columns_are_the_identitys_around_what_was_learned() -> None:
    model = translator_of(SMALL)
    optimizer = optimizer_of(model)
    step(model, optimizer, small_batch())
    before = copy_of(model.state_dict())

    grow(model, optimizer, LARGE)

    expected_jj = torch.eye(6)
    expected_jj[:4, :4] = before[MATRIX]
    after = model.state_dict()
    assert torch.equal(after.pop(MATRIX), expected_jj)
    assert torch.equal(after.pop(NAMES)[:4], before[NAMES])
    assert all(torch.equal(after[name], before[name]) for name in after)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizers_state_survives_and_is_new_where_joints_are(name: str) -> None:
    model = translator_of(SMALL)
    optimizer = optimizer_of(model, name)
    step(model, optimizer, small_batch())
    before = copy_of(optimizer.state[parameter(model, MATRIX)])

    grow(model, optimizer, LARGE)

    state = optimizer.state[parameter(model, MATRIX)]
    assert state.keys() == before.keys()
    for key, value in before.items():
        if not isinstance(value, Tensor) or value.ndim < 2:
            assert state[key] == value
            continue
        rows, columns = value.shape
        assert state[key].shape == (6 if rows == 4 else 1, 6 if columns == 4 else 1)
        assert torch.equal(state[key][:rows, :columns], value)
        start = RATE if key == "step_size" else 0.0
        assert (state[key][rows:] == start).all()
        assert (state[key][:, columns:] == start).all()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_and_moves_the_new_joints(name: str) -> None:
    model = translator_of(SMALL)
    optimizer = optimizer_of(model, name)
    step(model, optimizer, small_batch())

    grow(model, optimizer, LARGE)
    before = parameter(model, MATRIX).detach().clone()
    step(model, optimizer, widened(small_batch(), found=True))

    moved_jj = parameter(model, MATRIX) != before
    assert moved_jj[4:, :4].any()
    assert moved_jj[:4, 4:].any()


def test_adam_goes_on_as_if_it_had_not_grown_where_new_joints_are_not_found() -> None:
    grown, small = translator_of(SMALL), translator_of(SMALL)
    optimizers = [optimizer_of(model) for model in (grown, small)]
    for model, optimizer in zip((grown, small), optimizers, strict=True):
        step(model, optimizer, small_batch())

    grow(grown, optimizers[0], LARGE)
    step(grown, optimizers[0], widened(small_batch(seed=1), found=False))
    step(small, optimizers[1], small_batch(seed=1))

    torch.testing.assert_close(parameter(grown, MATRIX)[:4, :4], parameter(small, MATRIX))
    torch.testing.assert_close(parameter(grown, NAMES)[:4], parameter(small, NAMES))


@pytest.mark.parametrize("shared", [False, True])
def test_new_joints_that_are_not_found_change_no_result(shared: bool) -> None:
    model = translator_of(SMALL, shared=shared)
    before = model.encode(small_batch())

    grow(model, optimizer_of(model), LARGE)
    after = model.encode(widened(small_batch(), found=False))

    torch.testing.assert_close(after.states_BTD, before.states_BTD, atol=1e-5, rtol=0)


def test_a_grown_parameter_keeps_its_dtype_and_whether_it_trains() -> None:
    model = translator_of(SMALL).double()
    optimizer = optimizer_of(model)
    parameter(model, NAMES).requires_grad_(False)

    grow(model, optimizer, LARGE)

    assert {parameter(model, name).dtype for name in (NAMES, MATRIX)} == {torch.float64}
    assert not parameter(model, NAMES).requires_grad


def test_forward_never_grows() -> None:
    model = translator_of(SMALL)
    shapes = {name: p.shape for name, p in model.named_parameters()}

    model(widened(small_batch(), found=True))

    assert {name: p.shape for name, p in model.named_parameters()} == shapes


def test_weights_of_fewer_joints_load_into_the_first_rows_and_it_is_told() -> None:
    small, large = translator_of(SMALL), translator_of(LARGE, seed=1)
    step(small, optimizer_of(small), small_batch())
    fresh = copy_of(large.state_dict())

    notes = load_weights(large, small.state_dict(), Path("best.pt"))

    assert notes == ["best.pt: stream body had 4 joints and has 6 here; the new ones are untrained"]
    expected_jj = torch.eye(6)
    expected_jj[:4, :4] = parameter(small, MATRIX).detach()
    assert torch.equal(parameter(large, MATRIX), expected_jj)
    assert torch.equal(parameter(large, NAMES)[4:], fresh[NAMES][4:])


def test_weights_of_more_joints_do_not_fit() -> None:
    with pytest.raises(CheckpointError, match=r"names_jD has shape \(6, 16\), here \(4, 16\)"):
        load_weights(translator_of(SMALL), translator_of(LARGE).state_dict(), Path("best.pt"))


def test_a_layout_that_cannot_be_grown_into_is_refused_and_nothing_changes() -> None:
    model = translator_of(LARGE)
    optimizer, before = optimizer_of(model), model.state_dict()
    renamed = replace(LARGE, streams={"torso": LARGE.streams["body"], "hand_l": (0,), "hand_r": (3,)})

    with pytest.raises(ModelError, match="layout small has 4 joints in body, the model 6"):
        grow(model, optimizer, SMALL)
    with pytest.raises(ModelError, match="has the streams torso, hand_l, hand_r, the model body"):
        grow(model, optimizer, renamed)
    with pytest.raises(ModelError, match="only a joint encoder can grow"):
        grow(small_translator(encoder="conv"), optimizer, LARGE)

    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
