"""Streams of crops as the settings name them: which are on, what they are read with, their size on the meta device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.model.backbones import Dinov2Backbone, TinyBackbone
from slt_engine.model.build import build_model, count_parameters, outline_model
from slt_engine.model.build_frames import outlined
from slt_engine.model.errors import ModelError
from slt_engine.model.frames import FrameStreams
from slt_engine.model.translator import SignTranslator
from tests.engine.model.small_frames import small_vit
from tests.support.settings import config_with

CROPS = {"data.face_dir": "face", "data.hand_left_dir": "left", "data.hand_right_dir": "right"}
TINY = {f"model.{stream}_backbone": "tiny" for stream in ("face", "hand_left", "hand_right")}
FROZEN = {f"model.freeze_{stream}_backbone": True for stream in ("face", "hand_left", "hand_right")}
SIGNMUSKETEERS = {
    **CROPS,
    **FROZEN,
    **{f"model.{stream}_backbone": "dinov2_reg" for stream in ("face", "hand_left", "hand_right")},
    "model.share_hand_backbone": True,
    "model.projector_dim": 256,
    "model.pose_points": "0,11,12,13,14,15,16",
    "model.pose_axes": 2,
    "model.pose_projector_dim": 128,
    "model.d_model": 768,
    "model.decoder_model": "t5",
    "model.decoder_encoder": "use",
}
VITS_REG, T5_BASE = 22_058_112, 222_903_552


@pytest.fixture(name="tokenizer", scope="module")
def letters() -> PreTrainedTokenizerBase:
    return train_tokenizer(["hola mundo"], vocab_size=300, characters=True)


def built(values: dict[str, Any], tokenizer: PreTrainedTokenizerBase) -> SignTranslator:
    torch.manual_seed(0)
    return build_model(
        config_with(values), layout=None, tokenizer=tokenizer, gloss_names=[], notice=lambda _: None
    )


def frames_of(model: SignTranslator) -> FrameStreams:
    assert isinstance(model.frames, FrameStreams)
    return model.frames


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_streams_are_fused_in_the_order_face_hands_pose(tokenizer: PreTrainedTokenizerBase) -> None:
    model = built({**CROPS, **TINY}, tokenizer)
    assert model.fusion.names == ("face", "hand_left", "hand_right", "pose")


def test_which_streams_are_on_follows_from_the_directories(tokenizer: PreTrainedTokenizerBase) -> None:
    model = built({"data.pose_dir": None, "data.hand_right_dir": "right", **TINY}, tokenizer)
    assert model.fusion.names == ("hand_right",)
    assert list(frames_of(model).backbones) == ["hand_right"]
    assert model.pose is None


def test_without_directories_of_crops_no_backbone_is_built(tokenizer: PreTrainedTokenizerBase) -> None:
    assert built({}, tokenizer).frames is None


@pytest.mark.parametrize("stream", ["face", "hand_left", "hand_right"])
def test_each_stream_has_the_backbone_that_its_setting_names(
    stream: str, tmp_path: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    small_vit().save_pretrained(tmp_path)
    model = built({**CROPS, **TINY, f"model.{stream}_backbone": f"hf:{tmp_path}"}, tokenizer)
    kinds = {name: type(backbone) for name, backbone in frames_of(model).backbones.items()}
    others = dict.fromkeys(kinds, TinyBackbone)
    assert kinds == {**others, stream: Dinov2Backbone}


@pytest.mark.parametrize("stream", ["face", "hand_left", "hand_right"])
def test_each_freeze_flag_freezes_its_backbone_alone(stream: str, tokenizer: PreTrainedTokenizerBase) -> None:
    model = built({**CROPS, **TINY, f"model.freeze_{stream}_backbone": True}, tokenizer)
    frozen = {
        name
        for name, backbone in frames_of(model).backbones.items()
        if not any(p.requires_grad for p in backbone.parameters())
    }
    assert frozen == {stream}
    assert count(model) - count_parameters(model) == count(TinyBackbone())


def test_shared_hands_are_built_once(tokenizer: PreTrainedTokenizerBase) -> None:
    shared = built({**CROPS, **TINY, "model.share_hand_backbone": True}, tokenizer)
    apart = built({**CROPS, **TINY}, tokenizer)
    assert list(frames_of(shared).backbones) == ["face", "hand"]
    assert count(apart) - count(shared) == count(TinyBackbone())


def test_projector_dim_is_the_width_of_each_stream(tokenizer: PreTrainedTokenizerBase) -> None:
    model = built({**CROPS, **TINY, "model.projector_dim": 24}, tokenizer)
    assert model.fusion.projection.in_features == 4 * 24


def test_projector_dropout_reaches_the_streams(tokenizer: PreTrainedTokenizerBase) -> None:
    model = built({**CROPS, **TINY, "model.projector_dropout": 0.3}, tokenizer)
    rates = [module.p for module in frames_of(model).modules() if isinstance(module, nn.Dropout)]
    assert rates == [0.3] * 3


@pytest.mark.parametrize(
    ("values", "chunk", "checkpointing"),
    [
        ({}, 64, True),
        ({"model.frames_chunk": 7, "training.gradient_checkpointing": False}, 7, False),
        (FROZEN, 64, False),
    ],
)
def test_chunks_and_checkpointing_reach_the_streams(
    values: dict[str, Any], chunk: int, checkpointing: bool, tokenizer: PreTrainedTokenizerBase
) -> None:
    frames = frames_of(built({**CROPS, **TINY, **values}, tokenizer))
    assert (frames.chunk, frames.checkpointing) == (chunk, checkpointing)


def test_the_key_of_features_follows_image_size(tokenizer: PreTrainedTokenizerBase) -> None:
    values = {**CROPS, **TINY, **FROZEN}
    keys = {
        built({**values, "model.image_size": size}, tokenizer).feature_key("face") for size in (64, 64, 32)
    }
    assert len(keys) == 2
    assert None not in keys


def test_a_size_that_the_patches_of_a_directory_do_not_divide_is_an_error(
    tmp_path: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    small_vit().save_pretrained(tmp_path)
    values = {"data.face_dir": "face", "model.face_backbone": f"hf:{tmp_path}", "model.image_size": 32}
    with pytest.raises(
        ModelError, match="image_size 32 is not a multiple of 14, the side of the patches of hf:"
    ):
        built(values, tokenizer)


def test_signmusketeers_has_its_true_size_on_the_meta_device(tokenizer: PreTrainedTokenizerBase) -> None:
    model = outline_model(config_with(SIGNMUSKETEERS), layout=None, tokenizer=tokenizer, gloss_names=[])

    frames = frames_of(model)
    assert {name: count(backbone) for name, backbone in frames.backbones.items()} == {
        "face": VITS_REG,
        "hand": VITS_REG,
    }
    assert count(frames.projectors) == 3 * (384 * 256 + 256 + 256)
    assert model.fusion.projection.weight.shape == (768, 896)
    assert count(model.decoder) == T5_BASE
    assert count_parameters(model) == count(model) - 2 * VITS_REG
    assert {p.device.type for p in model.parameters()} == {"meta"}


def test_a_model_that_a_checkpoint_fills_asks_for_no_pretrained_weights(
    tmp_path: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    small_vit().save_pretrained(tmp_path)
    config = config_with({"data.face_dir": "face", "model.face_backbone": f"hf:{tmp_path}"})
    begun = built({"data.face_dir": "face", "model.face_backbone": f"hf:{tmp_path}"}, tokenizer)
    (tmp_path / "model.safetensors").unlink()

    again = build_model(
        config,
        layout=None,
        tokenizer=tokenizer,
        gloss_names=[],
        notice=lambda _: None,
        open_backbone=outlined,
    )
    again.load_state_dict(begun.state_dict())

    with pytest.raises(ModelError, match="could not be loaded"):
        built({"data.face_dir": "face", "model.face_backbone": f"hf:{tmp_path}"}, tokenizer)
