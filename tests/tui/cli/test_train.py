"""`slt train`: flags, files and --set add up to one run; mistakes end with exit 2 before anything starts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import slt_tui.cli.progress
import slt_tui.launch
from slt_engine.config import Layer, knobs
from slt_engine.config.resolution import Resolved
from slt_engine.run.directory import RunDir
from slt_tui.cli.root import run_command

FLAGS = {
    "--work-dir": "work_dirs/x",
    "--pose-dir": "pose",
    "--metadata-csv": "meta.csv",
    "--train-index": "train.csv",
    "--val-index": "val.csv",
}
LEAST = [word for pair in FLAGS.items() for word in pair]


class Launches:
    """Stands where processes start, and remembers what would have been started."""

    def __init__(self) -> None:
        self.asked: list[Resolved] = []
        self.followed: list[RunDir] = []
        self.resumed: list[tuple[Path, list[Layer]]] = []

    def launch(self, resolved: Resolved) -> RunDir:
        self.asked.append(resolved)
        return RunDir(resolved.config.data.work_dir)

    def follow(self, run: RunDir) -> int:
        self.followed.append(run)
        return 7

    def resume(self, path: Path, layers: Iterable[Layer], *, command: str = "") -> RunDir:
        assert command
        self.resumed.append((path, list(layers)))
        return RunDir(path)


@pytest.fixture
def launches(monkeypatch: pytest.MonkeyPatch) -> Launches:
    launches = Launches()
    monkeypatch.setattr(slt_tui.launch, "launch", launches.launch)
    monkeypatch.setattr(slt_tui.launch, "resume", launches.resume)
    monkeypatch.setattr(slt_tui.cli.progress, "follow", launches.follow)
    return launches


def started(launches: Launches, *arguments: str) -> Resolved:
    assert run_command(["train", "--detach", *arguments]) == 0
    return launches.asked[-1]


def test_flags_make_a_run(launches: Launches) -> None:
    resolved = started(launches, *LEAST, "--lr", "1e-4", "--no-pin-memory", "--pose-points", "0,11")
    assert (resolved.config.optim.lr, resolved.config.data.pin_memory) == (1e-4, False)
    assert resolved.config.model.pose_points == (0, 11)


def test_every_knob_has_an_option_and_nothing_is_said_until_it_is_typed(launches: Launches) -> None:
    resolved = started(launches, *LEAST)
    assert set(resolved.origin) == {knob.key for knob in knobs() if knob.flag in FLAGS}


def test_flags_a_file_and_set_give_equal_settings(launches: Launches, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        "optim: {lr: 1e-4}\nmodel: {decoder_kwargs: {model_type: bart}}\ndata: {pin_memory: false}\n"
    )
    kwargs = '{"model_type": "bart"}'
    by_flag = started(launches, *LEAST, "--lr", "1e-4", "--decoder-kwargs", kwargs, "--no-pin-memory")
    by_file = started(launches, *LEAST, "--config", str(file))
    pairs = ["optim.lr=1e-4", f"model.decoder_kwargs={kwargs}", "data.pin_memory=FALSE"]
    by_set = started(launches, *LEAST, *(word for pair in pairs for word in ("--set", pair)))
    assert by_flag.config == by_file.config == by_set.config


def test_a_value_may_start_with_a_minus_sign(launches: Launches) -> None:
    resolved = started(launches, *LEAST, "--length-penalty", "-0.5", "--seed", "-5", "--num-beams", "2")
    assert (resolved.config.training.length_penalty, resolved.config.training.seed) == (-0.5, -5)


def test_a_path_flag_can_take_back_what_a_file_says(launches: Launches, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("data: {gloss_csv: gloss.csv}\n")
    assert (
        started(launches, *LEAST, "--config", str(file), "--gloss-csv", "none").config.data.gloss_csv is None
    )


def test_an_empty_path_is_refused(launches: Launches, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["train", *LEAST, "--gloss-csv", ""]) == 2
    assert (capsys.readouterr().err, launches.asked) == (
        "--gloss-csv: data.gloss_csv: must not be empty\n",
        [],
    )


def test_a_preset_is_found_by_either_spelling_and_lies_under_flags(launches: Launches) -> None:
    resolved = started(
        launches,
        *LEAST,
        "--decoder-preset",
        "tiny-cpu",
        "--keypoints-dir",
        "k",
        "--gloss-csv",
        "g",
        "--d-model",
        "48",
    )
    assert (resolved.preset, resolved.config.model.d_model, resolved.config.model.mska_encoder) == (
        "tiny_cpu",
        48,
        "conv",
    )


def test_the_files_that_were_used_go_into_the_run(launches: Launches, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("optim: {lr: 1e-4}\n")
    assert started(launches, *LEAST, "--config", str(file)).files == {"c.yaml": "optim: {lr: 1e-4}\n"}


def test_a_detached_run_answers_with_its_directory(
    launches: Launches, capsys: pytest.CaptureFixture[str]
) -> None:
    started(launches, *LEAST)
    assert capsys.readouterr().out == "work_dirs/x\n"


def test_a_run_in_front_leaves_with_its_own_exit_code(launches: Launches) -> None:
    assert run_command(["train", *LEAST]) == 7
    assert [run.name for run in launches.followed] == ["x"]


def test_a_setting_that_nothing_reads_is_told_on_stderr(
    launches: Launches, capsys: pytest.CaptureFixture[str]
) -> None:
    started(launches, *LEAST, "--scheduler-gamma", "0.1")
    expected = "note: --scheduler-gamma: optim.scheduler_gamma has no effect: the scheduler is not steplr\n"
    assert capsys.readouterr().err == expected


def test_every_mistake_is_one_line_and_nothing_starts(
    launches: Launches, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = ["--lr", "0", "--set", "model.mska_mix=1", "--set", "training.epochs=x"]
    assert run_command(["train", *LEAST, *wrong]) == 2
    assert capsys.readouterr() == (
        "",
        "--set: model.mska_mix: no such key; did you mean model.mska_sgr_mix?\n"
        "--lr: optim.lr: must be above 0, not '0'\n"
        "--set: training.epochs: must be a whole number, not 'x'\n",
    )
    assert launches.asked == []


def test_two_flags_that_exclude_each_other_are_told(
    launches: Launches, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["train", *LEAST, "--decoder-model", "t5", "--decoder-config", "c"]) == 2
    assert capsys.readouterr().err == (
        "--decoder-config: model.decoder_config: excludes decoder_model (google/t5-v1_1-base); give one\n"
    )
    assert launches.asked == []


def test_resume_hands_over_the_run_and_what_was_typed(launches: Launches) -> None:
    assert run_command(["train", "--work-dir", "work_dirs/x", "--resume", "--epochs", "80"]) == 7
    ((path, layers),) = launches.resumed
    typed: dict[str, Any] = {key: value for layer in layers for key, value in layer.values.items()}
    assert (path, typed["training.epochs"]) == (Path("work_dirs/x"), "80")


def test_resume_finds_the_run_in_a_file_too(launches: Launches, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("data: {work_dir: work_dirs/y}\n")
    assert run_command(["train", "--config", str(file), "--resume", "--detach"]) == 0
    assert launches.resumed[0][0] == Path("work_dirs/y")


def test_resume_without_a_run_says_what_to_give(
    launches: Launches, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["train", "--resume"]) == 2
    assert capsys.readouterr().err == "--resume: data.work_dir: required; give --work-dir\n"
    assert launches.resumed == []


def test_a_missing_file_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(["train", *LEAST]) == 2
    assert "--train-index: data.train_index: train.csv: no such file" in capsys.readouterr().err.splitlines()
    assert list(tmp_path.iterdir()) == []


def test_a_range_that_starts_with_a_minus_sign_follows_its_flag_after_a_space(launches: Launches) -> None:
    resolved = started(
        launches,
        *LEAST,
        *("--keypoint-scale-range", "0.9,1.1", "--keypoint-translate-range", "-0.05,0.05"),
        *("--keypoint-rotate-range", "-15,15", "--keypoint-resample-range", "0.85,1.1"),
    )
    data = resolved.config.data
    assert data.keypoint_translate_range == (-0.05, 0.05, -0.05, 0.05)
    assert data.keypoint_rotate_range == (-15, 15)
    assert (data.keypoint_scale_range, data.keypoint_resample_range) == ((0.9, 1.1), (0.85, 1.1))


def test_streams_to_mix_are_named_one_a_flag_and_are_a_mapping_in_a_file(
    launches: Launches, tmp_path: Path
) -> None:
    crops = ("--face-dir", "f", "--hand-left-dir", "l")
    typed = started(launches, *LEAST, *crops, "--mix-stream", "hand-left:0.25", "--mix-stream", "face")
    assert typed.config.data.mix_streams == {"face": 1.0, "hand_left": 0.25}
    assert typed.origin["data.mix_streams"] == "--mix-stream"
    file = tmp_path / "c.yaml"
    file.write_text("data: {mix_streams: {face: 1, hand_left: 0.25}}\n")
    written = started(launches, *LEAST, *crops, "--config", str(file))
    assert written.config == typed.config
    over = started(launches, *LEAST, *crops, "--config", str(file), "--mix-stream", "pose:0.5")
    assert over.config.data.mix_streams == {"pose": 0.5}


def test_a_stream_to_mix_that_is_none_ends_with_2(
    launches: Launches, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["train", *LEAST, "--mix-stream", "pose", "--mix-stream", "feet:0.5"]) == 2
    assert "--mix-stream: data.mix_streams: 'feet' is no stream that can be mixed" in capsys.readouterr().err
    assert launches.asked == []
