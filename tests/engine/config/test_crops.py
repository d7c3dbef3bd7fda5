"""Backbone specs, and the rules and notices of the streams of crops."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slt_engine.config import Layer, check_paths, flag_layers, resolve
from slt_engine.config.frames import FORMS, parse_backbone
from slt_engine.config.notices import list_notices
from tests.support.settings import LEAST, config_with, problems_with

FACE = {"data.face_dir": "face"}
HANDS = {"data.hand_left_dir": "left", "data.hand_right_dir": "right"}
SHARED = {**HANDS, "model.share_hand_backbone": True}


@pytest.mark.parametrize(
    ("typed", "stored", "parsed"),
    [
        ("dinov2", "dinov2", ("dinov2", "small")),
        (" DINOv2:Base ", "dinov2:base", ("dinov2", "base")),
        ("dinov2-reg", "dinov2_reg", ("dinov2_reg", "small")),
        ("dinov2_reg:giant", "dinov2_reg:giant", ("dinov2_reg", "giant")),
        ("hf:facebook/dinov2-Base", "hf:facebook/dinov2-Base", ("hf", "facebook/dinov2-Base")),
        ("file:weights/Mine.pth", "file:weights/Mine.pth", ("file", "weights/Mine.pth")),
        ("file:~/mine.pth", f"file:{Path.home()}/mine.pth", ("file", f"{Path.home()}/mine.pth")),
        ("tiny", "tiny", ("tiny", "")),
    ],
)
def test_a_backbone_is_a_text_of_a_known_form(typed: str, stored: str, parsed: tuple[str, str]) -> None:
    spec = config_with({**FACE, "model.face_backbone": typed}).model.face_backbone
    assert spec == stored
    assert parse_backbone(spec) == parsed


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("resnet50", f"'resnet50' is no backbone; the forms are {FORMS}"),
        ("hf:", f"'hf:' is no backbone; the forms are {FORMS}"),
        ("tiny:small", f"'tiny:small' is no backbone; the forms are {FORMS}"),
        ("dinov2:huge", "'huge' is no size of dinov2; choose small, base, large, giant"),
    ],
)
def test_another_text_is_an_error_that_names_the_forms(typed: str, problem: str) -> None:
    (said,) = problems_with({**FACE, "model.face_backbone": typed})
    assert problem in said


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (
            {**FACE, "model.image_size": 230},
            "230 is not a multiple of 14, the side of dinov2's patches; 224 is",
        ),
        (
            {**SHARED, "model.hand_left_backbone": "tiny"},
            "one set of weights cannot be tiny and dinov2; give both hands one backbone",
        ),
        (
            {**SHARED, "model.freeze_hand_right_backbone": True},
            "one set of weights is frozen for the right hand alone; freeze both or none",
        ),
    ],
)
def test_a_broken_rule_is_one_line_that_says_what_to_do(values: dict[str, Any], problem: str) -> None:
    (said,) = problems_with(values)
    assert said.endswith(f": {problem}")


@pytest.mark.parametrize(
    "values",
    [
        {"model.image_size": 230},  # no stream of crops is on
        {**FACE, "model.image_size": 30, "model.face_backbone": "tiny"},
        {**SHARED, "model.hand_left_backbone": "dinov2:small"},
        {**FACE, "model.share_hand_backbone": True, "model.freeze_hand_left_backbone": True},
    ],
)
def test_what_no_rule_forbids_is_taken(values: dict[str, Any]) -> None:
    config_with(values)


@pytest.mark.parametrize(
    ("values", "on"),
    [
        ({}, False),
        (FACE, True),
        ({**FACE, "model.freeze_face_backbone": True}, False),
        ({**FACE, **HANDS, "model.freeze_face_backbone": True}, True),
        ({**FACE, "training.gradient_checkpointing": False}, False),
        ({"training.gradient_checkpointing": True}, True),
    ],
)
def test_activations_are_checkpointed_where_a_backbone_trains(values: dict[str, Any], on: bool) -> None:
    assert config_with(values).derived().gradient_checkpointing is on


def test_what_no_stream_of_crops_reads_is_worth_a_notice() -> None:
    typed = {
        "model.image_size": "112",
        "model.face_backbone": "tiny",
        "model.frames_chunk": "8",
        "model.freeze_hand_left_backbone": "true",
        "model.share_hand_backbone": "true",
        "data.face_dir": "face",
        "model.freeze_face_backbone": "true",
    }
    lines = list_notices(resolve([Layer("least", LEAST), *flag_layers(typed)]))
    assert [line.partition(": model.")[2] for line in lines] == [
        "freeze_hand_left_backbone has no effect: no hand_left_dir is given",
        "share_hand_backbone has no effect: hand_left_dir and hand_right_dir are not both given",
        "frames_chunk has no effect: every backbone is frozen",
    ]


def test_weights_in_a_file_must_be_there_at_launch(tmp_path: Path) -> None:
    there, absent = tmp_path / "there.pth", tmp_path / "absent.pth"
    there.touch()
    specs = {"model.face_backbone": f"file:{there}", "model.hand_left_backbone": f"file:{absent}"}
    lines = [line for line in check_paths(config_with(specs)) if "backbone" in line]
    assert lines == [f"model.hand_left_backbone: {absent}: no such file"]
