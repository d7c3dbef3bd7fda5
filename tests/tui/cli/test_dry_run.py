"""`slt train --dry-run`: what a run would take; the same errors as a real run, and nothing started."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slt_engine.demo.synthetic import SyntheticRecipe, build_synthetic
from slt_tui.cli.root import run_command
from slt_tui.dry_run import report_rows


@pytest.fixture(scope="module")
def data_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The --config file of a small data set."""
    return build_synthetic(tmp_path_factory.mktemp("synthetic") / "set", SyntheticRecipe(clips=12, size=16))


def try_run(config: Path, *words: str) -> int:
    line = ["train", "--decoder-preset", "tiny_cpu", "--config", str(config), "--work-dir", "w", "--dry-run"]
    return run_command([*line, *words])


def test_it_tells_what_a_run_would_take(
    data_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert try_run(data_set, "--json") == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert report["parameters"]["all"]["total"] > 0
    assert err.splitlines()[0] == "opening the data and building the model"
    rows = dict(report_rows(report))
    assert rows["parameters"] == f"{report['parameters']['all']['total']:,}"
    assert rows["the run"].startswith("2 epochs, ")
    assert list(tmp_path.iterdir()) == []


def test_wrong_settings_are_told_before_anything_is_loaded(
    data_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert try_run(data_set, "--lr", "0") == 2
    assert try_run(data_set, "--pose-dir", "nowhere") == 2
    assert capsys.readouterr() == (
        "",
        "--lr: optim.lr: must be above 0, not '0'\n--pose-dir: data.pose_dir: nowhere: no such directory\n",
    )


@pytest.mark.slow
def test_what_only_the_data_shows_ends_with_1(data_set: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert try_run(data_set, "--mska-ctc-vocab", "2") == 1
    assert "mska_ctc_vocab is 2, but the glosses and the blank are" in capsys.readouterr().err


def test_json_without_a_dry_run_says_where_to_look(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["train", "--json"]) == 2
    assert "goes with --dry-run" in capsys.readouterr().err
    assert run_command(["train", "--dry-run", "--resume"]) == 2
