"""What is looked at when a run starts: whether files are there, what nothing reads, where it comes from."""

from __future__ import annotations

import hashlib
from pathlib import Path

import slt_engine
from slt_engine.config import Layer, check_paths, describe_origin, flag_layers, preset_layer, resolve
from slt_engine.config.about import find_commit
from slt_engine.config.notices import list_notices
from tests.support.settings import KEYPOINTS, LEAST, config_with


def notices(**flags: str) -> list[str]:
    typed = {name.replace("__", "."): value for name, value in flags.items()}
    return list_notices(resolve([Layer("least", LEAST), *flag_layers(typed)]))


def test_a_file_that_is_absent_is_one_line_with_its_source() -> None:
    assert check_paths(config_with(), {"data.train_index": "--train-index"}) == [
        "data.pose_dir: pose: no such directory",
        "data.metadata_csv: meta.csv: no such file",
        "--train-index: data.train_index: train.csv: no such file",
        "data.val_index: val.csv: no such file",
    ]


def test_a_file_where_a_directory_should_be_is_told(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.touch()
    paths = dict.fromkeys(LEAST, file)
    assert check_paths(config_with(paths)) == [
        f"data.work_dir: {file}: is not a directory",
        f"data.pose_dir: {file}: is not a directory",
    ]


def test_a_work_dir_that_is_absent_will_be_made(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.touch()
    paths = {
        **dict.fromkeys(LEAST, file),
        "data.pose_dir": tmp_path,
        "data.work_dir": tmp_path / "runs" / "x",
    }
    assert check_paths(config_with(paths)) == []


def test_a_tokenizer_that_is_surely_a_path_must_be_there() -> None:
    config = config_with({"data.tokenizer": "./mine", "data.keypoint_layout": "mine.yaml", **KEYPOINTS})
    lines = check_paths(config)
    assert "data.tokenizer: ./mine: no such file or directory" in lines
    assert "data.keypoint_layout: mine.yaml: no such file or directory" in lines


def test_a_setting_that_nothing_reads_is_worth_a_notice() -> None:
    assert notices(optim__scheduler_gamma="0.1", data__keypoints_dir="k") == [
        "note: --keypoints-dir: data.keypoints_dir has no effect: use_mska is off",
        "note: --scheduler-gamma: optim.scheduler_gamma has no effect: the scheduler is not steplr",
    ]


def test_a_mode_of_a_compiler_that_is_off_is_worth_a_notice() -> None:
    assert notices(training__compile_mode="max-autotune") == [
        "note: --compile-mode: training.compile_mode has no effect: compile is off"
    ]
    assert notices(training__compile_mode="max-autotune", training__compile="true") == []


def test_a_ratio_in_standard_mode_is_worth_a_notice() -> None:
    assert notices(training__teacher_forcing_ratio="0.5") == [
        "note: --teacher-forcing-ratio: training.teacher_forcing_ratio has no effect: teacher_forcing_mode is standard"
    ]


def test_what_a_prompt_does_not_read_is_worth_a_notice() -> None:
    texts = {"model__decoder_prompt_text": "traduce", "model__decoder_prompt_init": "vocab"}
    assert notices(**texts, model__decoder_prompt_length="4") == [
        "note: --decoder-prompt-text: model.decoder_prompt_text has no effect: decoder_prompt_init is not tokens"
    ]
    assert notices(model__decoder_prompt_std="1") == [
        "note: --decoder-prompt-std: model.decoder_prompt_std has no effect: decoder_prompt_length is 0"
    ]


def test_a_decoder_of_ones_own_has_no_encoder_to_use() -> None:
    assert notices(model__decoder_class="mine:Own", model__decoder_encoder="use") == [
        "note: --decoder-encoder: model.decoder_encoder has no effect: decoder_class is a decoder of its own"
    ]


def test_what_a_run_without_translation_does_not_read_is_worth_a_notice() -> None:
    recognition = {
        "data__keypoints_dir": "k",
        "data__gloss_csv": "gloss.csv",
        "model__use_mska": "true",
        "model__mska_ctc_weight": "1",
    }
    unread = {"data__face_dir": "face", "training__num_beams": "5", "optim__label_smoothing": "0.2"}
    assert notices(**recognition, **unread) == []
    told = notices(**recognition, **unread, model__mska_translation_weight="0")
    keys = ("data.face_dir", "data.pose_dir", "optim.label_smoothing", "training.num_beams")
    assert len(told) == len(keys)
    for key in keys:
        assert any(f"{key} has no effect: mska_translation_weight is 0" in line for line in told), key


def test_a_rate_for_keypoints_that_nothing_reads_is_worth_a_notice() -> None:
    assert notices(optim__lr_mska="0.1") == ["note: --lr-mska: optim.lr_mska has no effect: use_mska is off"]


def test_a_preset_that_only_recognises_sets_nothing_in_vain() -> None:
    files = {key: value for key, value in LEAST.items() if key != "data.pose_dir"}
    resolved = resolve([preset_layer("mska_slr"), Layer("least", {**files, **KEYPOINTS})])
    assert list_notices(resolved) == []


def test_settings_that_are_read_need_no_notice() -> None:
    assert notices(optim__scheduler="steplr", optim__scheduler_gamma="0.1") == []


def test_where_a_run_comes_from_is_written_down() -> None:
    about = describe_origin("slt train --lr 1")
    assert (about["version"], about["command"], about["cwd"]) == (
        slt_engine.__version__,
        "slt train --lr 1",
        str(Path.cwd()),
    )
    assert {"torch", "transformers", "numpy"} <= about["packages"].keys()


def test_initial_weights_are_named_with_their_sha256(tmp_path: Path) -> None:
    weights = tmp_path / "best.pt"
    weights.write_bytes(b"weights")
    about = describe_origin("slt train", config_with({"training.init_checkpoint": weights}))
    assert about["initial_weights"] == {
        "path": str(weights),
        "sha256": hashlib.sha256(b"weights").hexdigest(),
    }


def test_an_installed_copy_has_no_commit(tmp_path: Path) -> None:
    assert find_commit(tmp_path) is None


def test_t5_by_its_name_knows_no_language() -> None:
    """A preset for mBART says one, and --decoder-model t5 is enough to swap it."""
    swapped = {"model__decoder_model": "t5", "model__decoder_language": "es_XX"}
    assert notices(**swapped) == [
        "note: --decoder-language: model.decoder_language has no effect: google/t5-v1_1-base knows no languages"
    ]
    assert notices(**{**swapped, "model__decoder_model": "mbart"}) == []
