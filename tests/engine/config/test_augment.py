"""Mixed streams and ranges: what may be typed, in a file, behind a flag or in --set, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.config import Layer, flag_layers, normalise_mix_spec, resolve
from slt_engine.config.augment import MIXED_STREAMS
from slt_engine.config.notices import list_notices
from tests.support.settings import KEYPOINTS, LEAST, config_with, problems_with

PAPER = {**KEYPOINTS, "model.mska_encoder": "paper"}


def notices_with(values: dict[str, Any]) -> list[str]:
    return list_notices(resolve([Layer("least", LEAST), *flag_layers(values)]))


@pytest.mark.parametrize(
    ("spec", "mixed"),
    [
        ("pose", {"pose": 1.0}),
        ("hand-left:0.25", {"hand_left": 0.25}),
        ("pose,face:0.5", {"face": 0.5, "pose": 1.0}),
        (["Hand-Right:0", "face"], {"face": 1.0, "hand_right": 0.0}),
        ({"face": 0.5, "hand_left": "0.25"}, {"face": 0.5, "hand_left": 0.25}),
        ({"hand-left": 1}, {"hand_left": 1.0}),
        ('{"pose": 0.5}', {"pose": 0.5}),
        ("none", {}),
        (None, {}),
        ({}, {}),
    ],
)
def test_streams_to_mix_have_many_spellings(spec: Any, mixed: dict[str, float]) -> None:
    assert normalise_mix_spec(spec) == mixed


@given(st.dictionaries(st.sampled_from(MIXED_STREAMS), st.floats(0, 1)))
def test_a_mapping_its_texts_and_its_own_result_mean_the_same(spec: dict[str, float]) -> None:
    texts = [f"{stream.replace('_', '-')}:{chance!r}" for stream, chance in spec.items()]
    assert (
        normalise_mix_spec(spec)
        == normalise_mix_spec(texts)
        == normalise_mix_spec(normalise_mix_spec(spec))
        == spec
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "keypoints",
            "'keypoints' is no stream that can be mixed; those are face, hand-left, hand-right, pose",
        ),
        ("face:1.5", "the probability of face must be from 0 to 1, not 1.5"),
        ("face:-0.1", "the probability of face must be from 0 to 1, not -0.1"),
        ("face:nan", "the probability of face must be from 0 to 1, not nan"),
        ("face:", "the probability of face must be a number from 0 to 1, not ''"),
        ({"face": True}, "the probability of face must be a number from 0 to 1, not True"),
        ("face,face:0.5", "names face more than once"),
        (7, "must be STREAM[:P] or a mapping, not 7"),
    ],
)
def test_a_wrong_mix_is_refused_in_a_line(spec: Any, message: str) -> None:
    assert problems_with({"data.mix_streams": spec}) == [f"test: data.mix_streams: {message}"]


def test_a_mixed_stream_must_be_read() -> None:
    (problem,) = problems_with({"data.mix_streams": "pose,hand-left:0.5"})
    assert "hand_left is not read, so it cannot be mixed; give --hand-left-dir or leave it out" in problem


def test_a_range_of_scales_is_a_text_or_a_list() -> None:
    key = "data.keypoint_scale_range"
    typed, written = config_with({key: " 0.9, 1.1"}), config_with({key: [0.9, 1.1]})
    assert typed == written
    assert typed.data.keypoint_scale_range == (0.9, 1.1)
    assert typed.values()[key] == [0.9, 1.1]
    assert config_with({key: "none"}).data.keypoint_scale_range is None


@pytest.mark.parametrize(
    ("text", "shifts"),
    [
        ("0.05", (-0.05, 0.05, -0.05, 0.05)),
        (0.05, (-0.05, 0.05, -0.05, 0.05)),
        (0, (0, 0, 0, 0)),
        ("-0.05,0.1", (-0.05, 0.1, -0.05, 0.1)),
        ([-0.1, 0.1, 0, 0.2], (-0.1, 0.1, 0, 0.2)),
    ],
)
def test_shifts_are_one_two_or_four_numbers(text: Any, shifts: tuple[float, ...]) -> None:
    config = config_with({"data.keypoint_translate_range": text})
    assert config.data.keypoint_translate_range == shifts
    assert config_with({"data.keypoint_translate_range": list(shifts)}) == config


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("keypoint_scale_range", "0.9", "must be min,max, not '0.9'"),
        ("keypoint_scale_range", "0,1", "must be above 0, not 0; write min,max such as 0.9,1.1, not '0,1'"),
        ("keypoint_scale_range", "1.1,0.9", "1.1 is above 0.9; the smaller comes first"),
        ("keypoint_scale_range", "a,b", "must be min,max, not 'a,b'"),
        ("keypoint_scale_range", [True, 2], "must be min,max, not [True, 2]"),
        ("keypoint_rotate_range", "5", "must be min,max in degrees, not '5'"),
        ("keypoint_rotate_range", "-inf,5", "must be min,max in degrees, finite numbers, not '-inf,5'"),
        (
            "keypoint_resample_range",
            "-1,1",
            "must be above 0, not -1; write min,max such as 0.9,1.1, not '-1,1'",
        ),
        (
            "keypoint_translate_range",
            "-0.1",
            "one value X means -X to X, so it must not be negative, as -0.1 is",
        ),
        (
            "keypoint_translate_range",
            "1,2,3",
            "must be X, min,max or min_x,max_x,min_y,max_y, not '1,2,3'",
        ),
        ("keypoint_translate_range", "0,1,2,1", "2 is above 1; the smaller comes first"),
        ("flip_probability", "1.5", "must be at most 1, not '1.5'"),
    ],
)
def test_a_wrong_range_is_refused_in_a_line(key: str, value: Any, message: str) -> None:
    assert problems_with({f"data.{key}": value}) == [f"test: data.{key}: {message}"]


def test_a_mirror_needs_both_hands_or_none() -> None:
    (problem,) = problems_with({"data.flip_probability": 0.5, "data.hand_left_dir": "l"})
    assert "a mirror makes each hand the other one; give --hand-right-dir too" in problem
    config_with({"data.flip_probability": 0.5, "data.hand_left_dir": "l", "data.hand_right_dir": "r"})


def test_ranges_that_no_keypoints_follow_are_told() -> None:
    (line,) = notices_with({"data.keypoint_rotate_range": "-5,5"})
    assert line == (
        "note: --keypoint-rotate-range: data.keypoint_rotate_range has no effect: "
        "use_mska is off, so that no keypoints are read"
    )
    assert notices_with({"data.keypoint_rotate_range": "-5,5", **KEYPOINTS}) == []
    assert notices_with({"data.keypoint_resample_range": "0.9,1.1"}) == []


def test_a_centre_around_which_nothing_turns_is_told() -> None:
    lines = notices_with({"data.keypoint_normalize_center": False, **PAPER})
    assert any("neither keypoint_scale_range nor keypoint_rotate_range is given" in line for line in lines)


def test_a_shift_that_the_encoder_does_not_see_is_told() -> None:
    shift = {"data.keypoint_translate_range": "0.1"}
    (line,) = notices_with({**shift, **KEYPOINTS})
    assert line.endswith("has no effect: the encoder reads joints relative to the wrists and shoulders")
    assert not any("translate" in line for line in notices_with({**shift, **PAPER}))


def test_a_scale_that_the_encoder_undoes_is_told() -> None:
    scale = {"data.keypoint_scale_range": "0.9,1.1"}
    (line,) = notices_with({**scale, **KEYPOINTS})
    assert "is undone by the joint encoder, which measures in shoulder widths" in line
    assert not any("scale_range" in line for line in notices_with({**scale, **PAPER}))


def test_mixing_single_clips_is_told() -> None:
    (line,) = notices_with({"data.mix_streams": "pose", "data.batch_size": 1})
    assert line.endswith("data.mix_streams has no effect: batch_size is 1")
