"""SGR as the settings ask for it: what each of them changes in the model that is built, or says."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from slt_engine.clips.layouts import LAYOUTS
from slt_engine.config import Layer, resolve
from slt_engine.config.notices import list_notices
from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.model.build import build_model
from slt_engine.model.mska.joint import JointEncoder
from slt_engine.model.mska.sgr import GlobalAttention
from tests.support.settings import KEYPOINTS, LEAST, config_with, problems_with

SGR = {**KEYPOINTS, "model.mska_use_sgr": True}
LAYOUT = LAYOUTS["hands_body_48"].without_unused()


@pytest.fixture(name="tokenizer", scope="module")
def letters() -> PreTrainedTokenizerBase:
    return train_tokenizer(["hola mundo", "adios luna"], vocab_size=300, characters=True)


def built(tokenizer: PreTrainedTokenizerBase, values: dict[str, Any]) -> GlobalAttention | None:
    """The SGR of the model that these settings make."""
    small = {"model.d_model": 16, "model.temporal_dim_feedforward": 16, "model.decoder_layers": 1}
    model = build_model(
        config_with({**small, **values}),
        layout=LAYOUT,
        tokenizer=tokenizer,
        gloss_names=["<blank>"],
        notice=lambda _: None,
    )
    assert isinstance(model.keypoints, JointEncoder)
    return model.keypoints.sgr


def test_there_is_none_unless_it_is_asked_for(tokenizer: PreTrainedTokenizerBase) -> None:
    assert built(tokenizer, KEYPOINTS) is None
    assert built(tokenizer, {**SGR, "model.mska_use_sgr": False}) is None


def test_there_is_a_matrix_for_each_stream_of_the_layout(tokenizer: PreTrainedTokenizerBase) -> None:
    sgr = built(tokenizer, SGR)

    assert sgr is not None
    sizes = {name.split(".")[1]: tuple(p.shape) for name, p in sgr.named_parameters()}
    assert sizes == {"body": (6, 6), "hand_l": (21, 21), "hand_r": (21, 21)}


def test_shared_has_one_matrix_for_all_streams(tokenizer: PreTrainedTokenizerBase) -> None:
    sgr = built(tokenizer, {**SGR, "model.mska_sgr_shared": True})

    assert sgr is not None
    assert [tuple(p.shape) for p in sgr.parameters()] == [(21, 21)]


@pytest.mark.parametrize(
    ("typed", "built_as"),
    [
        ("softmax", "softmax"),
        ("Sigmoid", "sigmoid"),
        ("tanh", "tanh"),
        ("relu", "relu"),
        ("identity", "identity"),
        ("linear", "identity"),
        ("none", "identity"),
        (None, "identity"),
    ],
)
def test_the_activation_is_the_one_that_was_typed(
    tokenizer: PreTrainedTokenizerBase, typed: str | None, built_as: str
) -> None:
    sgr, same = (built(tokenizer, {**SGR, "model.mska_sgr_activation": name}) for name in (typed, built_as))

    assert sgr is not None
    assert same is not None
    assert sgr.activation == built_as
    valid_Xj = torch.ones(1, 6, dtype=torch.bool)
    assert torch.equal(sgr("body", valid_Xj).rows_Xjj, same("body", valid_Xj).rows_Xjj)


def test_the_mix_is_the_one_that_was_typed(tokenizer: PreTrainedTokenizerBase) -> None:
    sgr = built(tokenizer, {**SGR, "model.mska_sgr_mix": 0.25})

    assert sgr is not None
    maps_XHjj = sgr("body", torch.ones(1, 6, dtype=torch.bool)).blend(torch.zeros(1, 1, 6, 6))
    torch.testing.assert_close(maps_XHjj.sum(-1), torch.full((1, 1, 6), 0.25))


def test_the_conv_encoder_has_nothing_to_mix_with() -> None:
    (said,) = problems_with({**SGR, "model.mska_encoder": "conv"})

    assert "the conv encoder has no attention over joints to mix with" in said


@pytest.mark.parametrize(
    ("values", "silent"),
    [
        ({**KEYPOINTS, "model.mska_sgr_mix": 0.2}, "mska_sgr_mix has no effect: mska_use_sgr is off"),
        ({**KEYPOINTS, "model.mska_sgr_shared": True}, "mska_sgr_shared has no effect: mska_use_sgr is off"),
        (
            {**SGR, "model.mska_sgr_mix": 0, "model.mska_sgr_activation": "tanh"},
            "mska_sgr_activation has no effect: mska_sgr_mix is 0, so only the local attention counts",
        ),
        ({"model.mska_use_sgr": True}, "mska_use_sgr has no effect: use_mska is off"),
    ],
)
def test_a_setting_that_changes_nothing_says_so(values: dict[str, Any], silent: str) -> None:
    notices = list_notices(resolve([Layer("least", LEAST), Layer("--flag", values)]))

    assert any(silent in notice for notice in notices), notices
