"""A run scored on perturbed clips: only as typed, the same each time, labelled, and beside the plain score."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import slt_tui.launch
from slt_engine.__main__ import main
from slt_engine.run.directory import RunDir
from slt_engine.run.files import read_json
from slt_tui.cli.root import run_command
from tests.support.runs import make_run, train_in_process

AROUND = (
    "--perturb",
    "data.keypoint_rotate_range=90,180",
    "--perturb",
    "data.keypoint_resample_range=0.2,0.3",
)


@pytest.fixture(scope="module")
def run(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """Trained with wide ranges, which must not act where it is scored."""
    run = make_run(
        tmp_path_factory.mktemp("runs") / "run",
        synthetic,
        "training.epochs=10",
        "data.batch_size=2",
        "optim.lr=3e-3",
        "training.decode_every=10",
        "data.keypoint_rotate_range=-1,1",
        "data.flip_probability=0.01",
        "data.mix_streams=pose:0.01",
    )
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run


def scored(run: RunDir, *words: str, name: str = "val.json") -> dict[str, Any]:
    (run.evals / name).unlink(missing_ok=True)
    index = run.read_config()["data"]["val_index"]
    assert main(["evaluate", str(run.path), "--index", index, *words]) == 0
    report: dict[str, Any] = read_json(run.evals / name)
    return report


def heard(report: dict[str, Any]) -> list[dict[str, Any]]:
    translations: list[dict[str, Any]] = report["translations"]
    return translations


def test_ranges_of_the_training_do_not_act_on_a_score(run: RunDir) -> None:
    first, second = (
        scored(run),
        scored(run, "--perturb", "data.keypoint_rotate_range=0,0", name="val.perturbed.json"),
    )
    assert first["perturbation"] is None
    assert heard(first) == heard(second)


def test_a_perturbed_score_is_labelled_repeatable_and_stands_beside_the_plain_one(run: RunDir) -> None:
    plain = scored(run)
    once, again = (scored(run, *AROUND, name="val.perturbed.json") for _ in range(2))
    assert once["perturbation"] == {
        "keypoint_rotate_range": [90, 180],
        "keypoint_resample_range": [0.2, 0.3],
        "keypoint_normalize_center": True,
        "seed": 1234,
    }
    assert heard(once) == heard(again)
    assert heard(once) != heard(plain)
    assert heard(read_json(run.evals / "val.json")) == heard(plain)


def test_another_seed_perturbs_otherwise(run: RunDir) -> None:
    turned = (
        "--perturb",
        "data.keypoint_resample_range=0.1,1.5",
        "--perturb",
        "data.keypoint_rotate_range=-180,180",
    )
    reports = [
        scored(run, *turned, "--perturb", f"training.seed={seed}", name="val.perturbed.json")
        for seed in (1, 2, 3)
    ]
    assert [report["perturbation"]["seed"] for report in reports] == [1, 2, 3]
    assert any(heard(report) != heard(reports[0]) for report in reports[1:])


def test_the_command_takes_training_s_flags_and_says_what_they_did(
    run: RunDir, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["slt"])
    ranges = ("--keypoint-rotate-range", "-30,30", "--no-keypoint-normalize-center", "--seed", "7")
    assert run_command(["eval", str(run.path), *ranges]) == 0
    out, err = capfd.readouterr()
    assert "val.csv (perturbed)" in out
    assert "perturbed by keypoint_rotate_range -30.0,30.0, keypoint_normalize_center false, seed 7" in err
    report = read_json(run.evals / "val.perturbed.json")
    assert report["perturbation"] == {
        "keypoint_rotate_range": [-30, 30],
        "keypoint_normalize_center": False,
        "seed": 7,
    }


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            ("--keypoint-scale-range", "0.9"),
            "--keypoint-scale-range: data.keypoint_scale_range: must be min,max",
        ),
        (("--seed", "7"), "--seed: training.seed: does nothing alone; give keypoint_scale_range or"),
    ],
)
def test_a_range_that_is_none_ends_with_2_before_anything_is_scored(
    run: RunDir,
    flags: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slt_tui.launch, "run_engine", None)
    assert run_command(["eval", str(run.path), *flags]) == 2
    assert said in capsys.readouterr().err


def test_other_settings_are_no_perturbation(run: RunDir, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", str(run.path), "--index", "val.csv", "--perturb", "optim.lr=1"]
    assert main(words) == 1
    assert "optim.lr: an evaluation takes only data.keypoint_scale_range" in capsys.readouterr().err
