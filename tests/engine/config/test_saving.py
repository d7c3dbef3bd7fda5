"""A user's own presets: written from settings, found after those that ship, never in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.config import ConfigError, Layer, list_presets, load_preset, preset_layer, resolve
from slt_engine.config.presets import PLACEHOLDERS, preset_names, shipped_names, user_presets
from slt_engine.config.saving import save_preset
from slt_engine.config.texts import means_the_same, text_of


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "slt" / "presets"


def test_a_saved_preset_gives_the_settings_again() -> None:
    layers = [preset_layer("demo"), Layer("--lr", {"optim.lr": "2e-3"})]
    save_preset("mine", layers, title="Mine")
    saved = resolve([PLACEHOLDERS, load_preset("mine").layer]).config
    assert saved == resolve([PLACEHOLDERS, *layers]).config


def test_it_is_listed_after_those_that_ship() -> None:
    save_preset("aaa", [preset_layer("demo")], title="First by name")
    assert preset_names() == [*shipped_names(), "aaa"]
    assert [(one.name, one.ships) for one in list_presets()][-1] == ("aaa", False)


def test_it_leaves_out_the_run_s_directory_and_what_is_the_default() -> None:
    layer = Layer(
        "x", {"data.work_dir": "w", "data.pose_dir": "pose", "optim.lr": 0.001, "model.d_model": 64}
    )
    path = save_preset("mine", [layer])
    assert load_preset("mine").layer.values == {
        "data.pose_dir": str(Path("pose").absolute()),
        "model.d_model": 64,
    }
    assert path == user_presets() / "mine.yaml"


@pytest.mark.parametrize("name", ["demo", "tiny-cpu", "tiny_cpu"])
def test_a_name_that_ships_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="ships with the project; choose another name"):
        save_preset(name, [preset_layer("demo")], replace=True)


@pytest.mark.parametrize("name", ["", "../x", "a b", ".x"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="a name is letters, digits, dots, dashes and underscores"):
        save_preset(name, [preset_layer("demo")])


def test_one_that_is_there_is_replaced_only_when_asked() -> None:
    save_preset("mine", [preset_layer("demo")])
    with pytest.raises(ConfigError, match=r"is there already .*--force replaces it"):
        save_preset("mine", [preset_layer("tiny_cpu")])
    save_preset("mine", [preset_layer("tiny_cpu")], replace=True)
    assert load_preset("mine").layer.values["model.d_model"] == 32


def test_settings_that_cannot_be_used_are_not_saved(own_home: Path) -> None:
    with pytest.raises(ConfigError, match=r"optim\.lr: must be above 0"):
        save_preset("mine", [Layer("x", {"optim.lr": 0})])
    assert not own_home.exists()


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("optim.lr", "1e-3", 0.001),
        ("data.pin_memory", "True", True),
        ("model.pose_points", "0, 11", [0, 11]),
        ("training.precision", "FP32", "float32"),
        ("model.decoder_kwargs", '{"a": 1}', {"a": 1}),
        ("optim.lr_mska", "none", None),
    ],
)
def test_two_spellings_of_a_value_are_the_same(key: str, one: object, other: object) -> None:
    assert means_the_same(key, one, other)
    assert means_the_same(key, text_of(other), other)


def test_a_text_that_is_no_value_is_only_like_itself() -> None:
    assert not means_the_same("optim.lr", "fast", 0.001)
    assert means_the_same("optim.lr", "fast", "fast")
