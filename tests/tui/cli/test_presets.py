"""`slt presets`: what ships, what it sets, whether it is sound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slt_engine.config.presets import preset_names
from slt_tui.cli.root import run_command


def test_ls_names_every_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["presets", "ls", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == preset_names()


def test_ls_into_a_pipe_is_tab_separated(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["presets", "ls"])
    header, *rows = capsys.readouterr().out.splitlines()
    assert (header.split("\t"), len(rows)) == (["name", "title", "source"], len(preset_names()))


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
