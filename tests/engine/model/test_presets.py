"""Presets at their true size, on the meta device: what they say of their parameters is what is built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from torch import nn
from transformers import PreTrainedTokenizerBase

from slt_engine.clips.layouts import LAYOUTS
from slt_engine.config import Config, Layer, load_preset, resolve
from slt_engine.config.presets import PLACEHOLDERS
from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.model.build import count_parameters, outline_model
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.translator import SignTranslator

CROPS = {"data.face_dir": "face", "data.hand_left_dir": "left", "data.hand_right_dir": "right"}
KEYPOINTS_ALONE = {"data.pose_dir": None}
GLOSSES = ["<blank>", *(f"G{number}" for number in range(1093))]
DECODERS = {"t5": (222_903_552, 768), "mbart": (610_851_840, 1024)}
PAPER = 44_159_272


@pytest.fixture(name="tokenizer", scope="module")
def letters() -> PreTrainedTokenizerBase:
    return train_tokenizer(["hola mundo"], vocab_size=300, characters=True)


def settings(preset: str, values: Mapping[str, Any], decoder: str | None = None) -> Config:
    typed = {"model.decoder_model": decoder} if decoder else {}
    layers = [
        PLACEHOLDERS,
        Layer("places", values),
        load_preset(preset).layer,
        Layer("--decoder-model", typed),
    ]
    return resolve(layers).config


def outlined(config: Config, tokenizer: PreTrainedTokenizerBase) -> SignTranslator:
    layout = LAYOUTS["mediapipe_543"] if config.model.use_mska else None
    return outline_model(config, layout=layout, tokenizer=tokenizer, gloss_names=GLOSSES)


def count(*modules: nn.Module | None) -> int:
    return sum(p.numel() for module in modules if module for p in module.parameters())


def numbers(preset: str) -> list[int]:
    """The numbers of seven digits and more that a preset's help tells."""
    found = re.findall(r"\d{1,3}(?:,\d{3}){2,}", load_preset(preset).description)
    return [int(text.replace(",", "")) for text in found]


def test_signmusketeers_is_as_large_as_it_says(tokenizer: PreTrainedTokenizerBase) -> None:
    model = outlined(settings("signmusketeers", CROPS), tokenizer)
    assert numbers("signmusketeers") == [count(model), count_parameters(model)]
    assert count(model.decoder) == DECODERS["t5"][0]


def test_mska_paper_mbart_is_as_large_as_it_says(tokenizer: PreTrainedTokenizerBase) -> None:
    model = outlined(settings("mska_paper_mbart", KEYPOINTS_ALONE), tokenizer)
    assert numbers("mska_paper_mbart") == [count(model), PAPER]
    assert count(model.keypoints, model.heads) == PAPER
    assert isinstance(model.decoder, TextDecoder)
    assert count(model.decoder.seq2seq) == DECODERS["mbart"][0]


def test_mska_slr_is_as_large_as_it_says(tokenizer: PreTrainedTokenizerBase) -> None:
    model = outlined(settings("mska_slr", KEYPOINTS_ALONE), tokenizer)
    assert numbers("mska_slr") == [PAPER]
    assert count(model.keypoints, model.heads) == PAPER
    assert count(model) - PAPER < PAPER // 100


@pytest.mark.parametrize("preset", ["signmusketeers", "mska_paper_mbart", "mska_slr"])
def test_the_listing_tells_the_size_too(preset: str) -> None:
    assert load_preset(preset).title.endswith(f", {numbers(preset)[0] / 1e6:.0f} M parameters")


@pytest.mark.parametrize("preset", ["signmusketeers", "mska_paper_mbart"])
@pytest.mark.parametrize("decoder", DECODERS)
def test_one_flag_swaps_the_decoder_of_a_preset(
    preset: str, decoder: str, tokenizer: PreTrainedTokenizerBase
) -> None:
    config = settings(preset, CROPS, decoder)
    model = outlined(config, tokenizer)
    size, width = DECODERS[decoder]
    assert isinstance(model.decoder, TextDecoder)
    assert (count(model.decoder.seq2seq), model.decoder.seq2seq.config.d_model) == (size, width)
    assert config.derived().tokenizer == config.model.decoder_model
    assert {p.device.type for p in model.parameters()} == {"meta"}


def test_crops_and_pose_are_read_beside_the_keypoints_where_their_directories_are_given(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    alone = outlined(settings("mska_paper_mbart", KEYPOINTS_ALONE), tokenizer)
    beside = outlined(settings("mska_paper_mbart", CROPS), tokenizer)
    assert (alone.fusion.names, alone.frames) == (("keypoints",), None)
    assert beside.fusion.names == ("face", "hand_left", "hand_right", "pose")
    assert count(beside.keypoints, beside.heads) == PAPER


@pytest.mark.parametrize(
    ("preset", "values"),
    [
        (
            "signmusketeers",
            {
                "optim.optimizer": "adamw",
                "optim.lr": 1e-3,
                "optim.weight_decay": 0.1,
                "optim.scheduler": "cosine",
                "optim.label_smoothing": 0.2,
                "optim.clip_grad_norm": 1.0,
                "training.num_beams": 5,
                "data.frame_stride": 2,
            },
        ),
        (
            "mska_paper_mbart",
            {
                "optim.lr": 1e-5,
                "optim.lr_mapper": 1e-3,
                "optim.weight_decay": 1e-3,
                "optim.scheduler": "cosine",
                "training.epochs": 40,
                "model.mska_translation_weight": 1.0,
                "model.mska_ctc_weight": 1.0,
                "model.mska_distillation_weight": 1.0,
                "model.mska_distillation_temperature": 1.0,
                "training.num_beams": 5,
                "training.ctc_num_beams": 5,
            },
        ),
        ("mska_slr", {"optim.optimizer": "adam", "optim.lr": 1e-3, "training.epochs": 100}),
    ],
)
def test_a_preset_has_the_numbers_of_its_source(preset: str, values: Mapping[str, Any]) -> None:
    told = settings(preset, CROPS).values()
    assert {key: told[key] for key in values} == values


def test_signmusketeers_steps_over_128_clips() -> None:
    config = settings("signmusketeers", CROPS)
    assert config.data.batch_size * config.training.grad_accum_steps == 128


def test_recognition_alone_is_judged_by_its_glosses() -> None:
    assert settings("mska_slr", KEYPOINTS_ALONE).derived().best_metric == "gloss_wer"
