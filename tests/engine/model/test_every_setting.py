"""Every setting of the model changes what is built or what it says: two models of one seed, one setting apart."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from slt_engine.clips.layouts import Layout
from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.model.build import build_model
from tests.engine.model.small import GLOSSES, JOINTS, SHOULDERS, STREAMS, WRISTS, small_batch
from tests.support.settings import KEYPOINTS, config_with

LAYOUT = Layout(
    "small", JOINTS, STREAMS, SHOULDERS, {hand: STREAMS[hand].index(wrist) for hand, wrist in WRISTS.items()}
)
SMALL = {
    **KEYPOINTS,
    "model.d_model": 16,
    "model.projector_dim": 12,
    "model.temporal_layers": 2,
    "model.temporal_nhead": 2,
    "model.temporal_dim_feedforward": 32,
    "model.decoder_layers": 2,
    "model.decoder_heads": 4,
    "model.mska_ctc_weight": 1.0,
    "model.mska_temporal_blocks": 2,
}
PROMPT = {"model.decoder_prompt_length": 3}
SGR = {"model.mska_use_sgr": True}
SETTINGS: list[tuple[str, Any, dict[str, Any]]] = [
    ("projector_dim", 8, {}),
    ("projector_dropout", 0.9, {}),
    ("d_model", 32, {}),
    ("fusion_dropout", 0.9, {}),
    ("pose_landmarks", 5, {}),
    ("pose_points", "0,11,12", {}),
    ("pose_axes", 2, {}),
    ("pose_projector_dim", 8, {}),
    ("temporal_nhead", 4, {}),
    ("temporal_layers", 1, {}),
    ("temporal_dim_feedforward", 16, {}),
    ("temporal_dropout", 0.9, {}),
    ("decoder_layers", 1, {}),
    ("decoder_heads", 2, {}),
    ("decoder_dropout", 0.9, {}),
    ("decoder_kwargs", {"model_type": "bart"}, {}),
    ("decoder_kwargs", {"num_heads": 2}, {}),
    ("decoder_encoder", "use", {}),
    ("decoder_prompt_length", 3, {}),
    ("decoder_prompt_tokens", "5,6", {}),
    ("decoder_prompt_init", "zero", PROMPT),
    ("decoder_prompt_init", "vocab", PROMPT),
    ("decoder_prompt_init", "uniform", PROMPT),
    ("decoder_prompt_text", "hola", PROMPT),
    ("decoder_prompt_std", 0.5, PROMPT),
    ("decoder_prompt_range", 2.0, {**PROMPT, "model.decoder_prompt_init": "uniform"}),
    ("use_mska", False, {"model.mska_ctc_weight": 0}),
    ("mska_encoder", "conv", {}),
    ("mska_heads", 2, {}),
    ("mska_ff_multiplier", 2, {}),
    ("mska_dropout", 0.9, {}),
    ("leaky_relu_negative_slope", 0.5, {}),
    ("mska_input_dim", 2, {}),
    ("mska_stream_heads", 2, {}),
    ("mska_temporal_blocks", 1, {}),
    ("mska_temporal_kernel", 5, {}),
    ("mska_temporal_dilation", 2, {}),
    ("mska_use_sgr", True, {}),
    ("mska_sgr_activation", "sigmoid", SGR),
    ("mska_sgr_activation", "tanh", SGR),
    ("mska_sgr_activation", "relu", SGR),
    ("mska_sgr_activation", "identity", {**SGR, "model.mska_sgr_activation": "softmax"}),
    ("mska_sgr_mix", 0.1, SGR),
    ("mska_sgr_shared", True, SGR),
    ("mska_ctc_vocab", GLOSSES + 2, {}),
    ("mska_ctc_weight", 0.0, {}),
    ("mska_gloss_hidden_dim", 8, {}),
    ("mska_gloss_second_hidden_dim", 8, {}),
    ("mska_gloss_dropout", 0.9, {}),
    ("mska_gloss_fusion", "concat", {}),
    ("mska_gloss_fusion", "none", {}),
]


@pytest.fixture(name="tokenizer", scope="module")
def letters() -> PreTrainedTokenizerBase:
    return train_tokenizer(["hola mundo", "que vengas jefe xyz"], vocab_size=300, characters=True)


def told(values: dict[str, Any], tokenizer: PreTrainedTokenizerBase) -> dict[str, Tensor | torch.Size]:
    """The shapes of a model of these settings, and what it says of one batch in training."""
    torch.manual_seed(0)
    model = build_model(
        config_with(values),
        layout=LAYOUT,
        tokenizer=tokenizer,
        gloss_names=["<blank>", *"abcdef"][:GLOSSES],
        notice=lambda _: None,
    )
    torch.manual_seed(1)
    output = model.train()(small_batch())
    assert output.logits_BLV is not None
    said = {"states": output.encoded.states_BTD, "logits": output.logits_BLV, **output.encoded.ctc_BTG}
    return said | {name: value.shape for name, value in model.state_dict().items()}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one.keys() != other.keys():
        return False
    return all(
        torch.equal(value, other[name]) if isinstance(value, Tensor) else value == other[name]
        for name, value in one.items()
    )


@pytest.mark.parametrize(("name", "value", "base"), SETTINGS, ids=lambda value: str(value)[:24])
def test_a_setting_of_the_model_changes_it(
    name: str, value: Any, base: dict[str, Any], tokenizer: PreTrainedTokenizerBase
) -> None:
    without = {**SMALL, **base}
    assert not same(told(without, tokenizer), told({**without, f"model.{name}": value}, tokenizer))


def test_the_same_settings_make_the_same_model(tokenizer: PreTrainedTokenizerBase) -> None:
    """Without it the test above could not fail."""
    assert same(told({**SMALL, **PROMPT}, tokenizer), told({**SMALL, **PROMPT}, tokenizer))
