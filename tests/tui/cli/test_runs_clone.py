"""`slt runs clone`: another run with the same settings, in a free directory."""

from __future__ import annotations

from pathlib import Path

import pytest

import slt_tui.launch
from slt_engine.config.resolution import Resolved
from slt_engine.run.directory import RunDir
from slt_tui.cli.root import run_command
from tests.support.runs import make_run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunDir:
    monkeypatch.chdir(tmp_path)
    Path("set.yaml").write_text(
        "data: {keypoints_dir: k, gloss_csv: g, metadata_csv: m, train_index: t, val_index: v}\n"
    )
    return make_run(Path("work_dirs/mine"), Path("set.yaml"), "optim.lr=0.5")


def test_print_tells_the_line_and_starts_nothing(run: RunDir, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["runs", "clone", str(run.path), "--print", "--set", "optim.lr=1"]) == 0
    assert capsys.readouterr().out == (
        "slt train --config work_dirs/mine/config.json --work-dir work_dirs/mine-1 --set optim.lr=1\n"
    )
    assert not Path("work_dirs/mine-1").exists()


def test_a_clone_is_launched_with_the_settings_and_the_changes(
    run: RunDir, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Resolved] = []

    def launch(resolved: Resolved) -> RunDir:
        asked.append(resolved)
        return RunDir(resolved.config.data.work_dir)

    monkeypatch.setattr(slt_tui.launch, "launch", launch)
    words = ["--set", "training.epochs=9", "--work-dir", "work_dirs/other", "--detach"]
    assert run_command(["runs", "clone", str(run.path), *words]) == 0
    config = asked[0].config
    assert (config.optim.lr, config.training.epochs) == (0.5, 9)
    assert capsys.readouterr().out == "work_dirs/other\n"


def test_a_dry_run_of_a_clone_has_the_errors_of_a_real_one(
    run: RunDir, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["runs", "clone", str(run.path), "--dry-run"]) == 2
    assert "data.metadata_csv: m: no such file" in capsys.readouterr().err
    assert run_command(["runs", "clone", str(run.path), "--set", "optim.lr=0"]) == 2
    assert capsys.readouterr().err == "--set: optim.lr: must be above 0, not '0'\n"
