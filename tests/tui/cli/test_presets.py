"""`slt presets`: what ships, what it sets, whether it is sound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slt_engine.config.presets import preset_names
from slt_tui.cli.root import run_command
from tests.support.runs import make_run


def test_ls_names_every_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["presets", "ls", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == preset_names()


def test_ls_into_a_pipe_is_tab_separated(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["presets", "ls"])
    header, *rows = capsys.readouterr().out.splitlines()
    assert (header.split("\t"), len(rows)) == (["name", "title", "source", "from"], len(preset_names()))


def test_show_tells_every_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["presets", "show", "tiny-cpu"]) == 0
    assert "model.d_model                   32\n" in capsys.readouterr().out


def test_show_as_json_has_the_values(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["presets", "show", "tiny-cpu", "--json"])
    assert json.loads(capsys.readouterr().out)["values"]["model.d_model"] == 32


def test_check_passes_a_sound_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["presets", "check", "tiny-cpu"]) == 0
    assert capsys.readouterr().err == "checked, all sound: tiny-cpu\n"


def test_check_tells_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("about: {title: Mine, source: me}\nmodel: {d_model: 0}\n")
    assert run_command(["presets", "check", str(path)]) == 2
    assert capsys.readouterr().err == "preset mine: model.d_model: must be at least 1, not 0\n"


def test_an_unknown_preset_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["presets", "show", "tiny"]) == 2
    assert capsys.readouterr().err == "preset tiny: neither a preset nor a file; did you mean tiny_cpu?\n"


@pytest.fixture
def own_presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    return tmp_path / "home/slt/presets"


def test_save_keeps_settings_under_a_name_that_ls_and_train_know(
    own_presets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["presets", "save", "mine", "--title", "Mine", "--decoder-preset", "demo", "--lr", "2e-3"]
    assert run_command(line) == 0
    assert capsys.readouterr().out == f"{own_presets}/mine.yaml\n"
    run_command(["presets", "ls", "--json"])
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["mine"]["title"], rows["mine"]["from"]) == ("Mine", f"{own_presets}/mine.yaml")
    assert rows["demo"]["from"] == "shipped"
    run_command(["presets", "show", "mine", "--json"])
    assert json.loads(capsys.readouterr().out)["values"]["optim.lr"] == 0.002


@pytest.mark.usefixtures("own_presets")
def test_save_takes_the_settings_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "set.yaml"
    config.write_text(
        "data: {keypoints_dir: k, gloss_csv: g, metadata_csv: m, train_index: t, val_index: v}\n"
    )
    run = make_run(tmp_path / "run", config)
    cwd = Path.cwd()
    monkeypatch.chdir(tmp_path)
    assert run_command(["presets", "save", "mine", "--from", str(run.path)]) == 0
    run_command(["presets", "show", "mine", "--json"])
    values = json.loads(capsys.readouterr().out.partition("\n")[2])["values"]
    assert (values["model.d_model"], values["data.metadata_csv"]) == (32, str(cwd / "m"))
    assert "data.work_dir" not in values


def test_save_refuses_what_ships_what_is_there_and_nothing(
    own_presets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["presets", "save", "demo", "--lr", "1"]) == 2
    assert run_command(["presets", "save", "mine"]) == 2
    assert run_command(["presets", "save", "mine", "--lr", "1"]) == 0
    assert run_command(["presets", "save", "mine", "--lr", "2"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "preset demo: ships with the project; choose another name",
        "nothing to save; give --from RUN, --config FILE, --decoder-preset or flags",
        f"preset mine: is there already ({own_presets}/mine.yaml); --force replaces it",
    ]
    assert run_command(["presets", "save", "mine", "--lr", "2", "--force"]) == 0
