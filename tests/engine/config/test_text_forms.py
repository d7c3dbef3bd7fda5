"""What may be typed for a value, whether in a file, behind a flag or in --set."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.settings import config_with, problems_with


def test_a_small_number_that_yaml_reads_as_text_is_a_number() -> None:
    assert config_with({"optim.lr": "1e-4"}).optim.lr == 1e-4


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "tRuE"])
def test_true_is_read_in_any_case(text: str) -> None:
    assert config_with({"data.tokenizer_characters": text}).data.tokenizer_characters is True


@pytest.mark.parametrize("text", ["false", "False", "FALSE", "fAlSe"])
def test_false_is_read_in_any_case(text: str) -> None:
    assert config_with({"data.pin_memory": text}).data.pin_memory is False


def test_fp32_is_a_spelling_of_float32() -> None:
    assert config_with({"training.precision": "fp32"}).training.precision == "float32"


def test_choices_are_read_in_any_case() -> None:
    assert config_with({"optim.optimizer": "AdamW"}).optim.optimizer == "adamw"


def test_cosine_warmup_names_cosine_with_warmup_steps() -> None:
    (problem,) = problems_with({"optim.scheduler": "cosine warmup"})
    assert problem.endswith("use cosine with --warmup-steps (optim.warmup_steps)")


def test_pose_points_are_a_comma_list_or_a_list() -> None:
    from_text = config_with({"model.pose_points": "0, 11,12"}).model.pose_points
    assert from_text == config_with({"model.pose_points": [0, 11, 12]}).model.pose_points == (0, 11, 12)


def test_decoder_kwargs_are_json_or_a_mapping() -> None:
    from_text = config_with({"model.decoder_kwargs": '{"model_type": "bart", "dropout": 0.0}'})
    from_mapping = config_with({"model.decoder_kwargs": {"model_type": "bart", "dropout": 0.0}})
    assert from_text == from_mapping


def test_none_takes_back_what_a_preset_says() -> None:
    assert config_with({"optim.clip_grad_norm": "none"}).optim.clip_grad_norm is None


def test_null_in_a_file_is_the_choice_none() -> None:
    config = config_with({"optim.scheduler": None, "model.mska_gloss_fusion": None})
    assert (config.optim.scheduler, config.model.mska_gloss_fusion) == ("none", "none")


def test_short_decoder_names_become_full_ones() -> None:
    assert (
        config_with({"model.decoder_model": "mbart-large"}).model.decoder_model == "facebook/mbart-large-cc25"
    )


def test_a_path_in_a_file_may_start_with_a_tilde() -> None:
    assert config_with({"data.pose_dir": "~/pose"}).data.pose_dir == Path("~/pose").expanduser()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("training.epochs", "many", "must be a whole number, not 'many'"),
        ("training.epochs", 1.5, "must be a whole number, not 1.5"),
        ("training.epochs", True, "must be a number, not true"),
        ("training.epochs", 0, "must be at least 1, not 0"),
        ("training.epochs", "", "must not be empty"),
        ("training.device", "gpu", "must be one of auto | cpu | cuda | cuda:N, not 'gpu'"),
        ("training.precision", "fp17", "'fp17' is not one of amp, float32, bf16, fp16; did you mean fp16?"),
        ("training.length_penalty", "nan", "must be a finite number, not 'nan'"),
        ("optim.lr", -1, "must be above 0, not -1"),
        ("optim.lr", "fast", "must be a number, not 'fast'"),
        ("optim.label_smoothing", 1.5, "must be at most 1, not 1.5"),
        ("data.pin_memory", "perhaps", "must be true or false, not 'perhaps'"),
        ("data.pose_dir", 7, "must be a path, not 7"),
        ("data.pose_dir", " ", "must not be empty, not ' '"),
        ("data.tokenizer", 7, "must be text, not 7"),
        ("model.pose_points", "0,77", "must be at most 32, not '77'"),
        ("model.pose_points", "0,0", "names 0 more than once"),
        ("model.pose_points", [], "must name at least 1, not []"),
        ("model.mska_temporal_kernel", 4, "must be odd, not 4"),
        ("training.epochs", None, "must be a whole number, not null"),
        (
            "model.decoder_kwargs",
            {"a": date(2026, 1, 2)},
            "must hold what JSON can say, not datetime.date(2026, 1, 2)",
        ),
        ("model.decoder_kwargs", [1], "must be a mapping of names to values, not [1]"),
        (
            "model.decoder_kwargs",
            '{"a": NaN}',
            """must be a JSON object (NaN is not JSON), not '{"a": NaN}'""",
        ),
        ("model.decoder_kwargs", "[1]", "must be a JSON object, not '[1]'"),
        (
            "model.decoder_kwargs",
            '{"a": 1',
            """must be a JSON object (Expecting ',' delimiter), not '{"a": 1'""",
        ),
    ],
)
def test_a_wrong_value_says_what_would_be_right(key: str, value: Any, message: str) -> None:
    problems = problems_with({key: value})
    assert problems == [f"test: {key}: {message}"]


def test_a_home_that_is_not_there_is_a_path_like_any_other() -> None:
    asked = "~nobody-of-that-name/x"
    assert config_with({"data.work_dir": asked}).data.work_dir == Path(asked)


@pytest.mark.parametrize(
    ("name", "why"),
    [("LBFGS", "many times a step"), ("sparseadam", "sparse gradients"), ("Muon", "matrices only")],
)
def test_an_optimizer_that_cannot_work_here_is_refused_with_the_reason(name: str, why: str) -> None:
    (problem,) = problems_with({"optim.optimizer": name})
    assert why in problem
    assert "adamw" in problem


def test_a_decoder_argument_that_is_not_finite_is_told() -> None:
    """By ours or by pydantic, which words it in its own way once it has built another model with JSON values."""
    [problem] = problems_with({"model.decoder_kwargs": {"a": float("inf")}})
    assert problem.startswith("test: model.decoder_kwargs: must ")
    assert "finite number" in problem
