"""Presets by name and by path; every one that ships is sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.config import ConfigError, list_presets, load_preset, preset_layer, resolve, resolve_preset
from slt_engine.config.presets import check_preset, preset_names
from tests.support.settings import LEAST


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_that_ships_is_sound(name: str) -> None:
    assert check_preset(name) == []


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_that_ships_leaves_places_to_the_run(name: str) -> None:
    assert [key for key in load_preset(name).layer.values if key in LEAST] == []


def test_a_dash_is_an_underscore() -> None:
    assert load_preset("tiny-cpu") == load_preset("tiny_cpu")


def test_a_preset_names_itself_in_the_settings_that_it_makes() -> None:
    resolved = resolve_preset("tiny_cpu")
    assert (resolved.preset, resolved.origin["model.d_model"]) == ("tiny_cpu", "preset tiny_cpu")
    assert list(resolved.files) == ["tiny_cpu.yaml"]


def test_a_preset_may_be_a_file_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("about: {title: Mine, source: me}\nmodel: {d_model: 64}\n")
    assert (load_preset(str(path)).title, resolve_preset(str(path)).config.model.d_model) == ("Mine", 64)


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        resolve([preset_layer("tiny-gpu")])
    expected = "preset tiny-gpu: neither a preset nor a file; did you mean tiny_cpu?"
    assert caught.value.problems == [expected]


def test_a_broken_preset_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("about: {title: Mine, source: me}\nmodel: {d_modle: 64, temporal_layers: -1}\n")
    assert check_preset(str(path)) == [
        "preset mine: model.d_modle: no such key; did you mean model.d_model?",
        "preset mine: model.temporal_layers: must be at least 0, not -1",
    ]


def test_a_preset_without_a_source_is_not_sound(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("about: {title: Mine}\n")
    assert check_preset(str(path)) == ["preset mine: about: says no source"]


def test_presets_are_listed_by_name() -> None:
    assert [preset.name for preset in list_presets()] == preset_names() == sorted(preset_names())
