"""config.json: itself a --config file, read back from anywhere, added to on resume."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slt_engine.config import (
    ConfigError,
    Layer,
    config_document,
    config_from_document,
    flag_layers,
    load_config_document,
    resolve,
    resume_config,
    set_layers,
)
from tests.support.settings import LEAST


def document(**flags: str) -> dict[str, Any]:
    layers = [Layer("least", LEAST), *flag_layers({f"optim.{name}": value for name, value in flags.items()})]
    return json.loads(json.dumps(config_document(resolve(layers), {"cwd": "/home/me"})))


def refused(*layers: Layer) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        resume_config(document(), layers)
    return caught.value.problems


def test_config_json_is_itself_a_config_file(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(document(lr="1e-4")))
    again = resolve([load_config_document(path)])
    assert config_document(again, {})["optim"] == document(lr="1e-4")["optim"]
    assert again.config == resolve([Layer("least", LEAST), *flag_layers({"optim.lr": "1e-4"})]).config


def test_derived_defaults_stay_null_and_stand_resolved_under_about() -> None:
    stored = document(lr="1e-4", lr_encoder="1e-5")
    assert stored["optim"]["lr_mska"] is None
    assert stored["about"]["resolved"]["optim.lr_mska"] == 1e-5
    assert stored["about"]["resolved"]["optim.scheduler_tmax"] == 40
    assert stored["about"]["resolved"]["data.val_batch_size"] == 4


def test_overrides_name_key_default_value_and_source() -> None:
    assert document(lr="1e-4")["overrides"][-1] == {
        "key": "optim.lr",
        "default": 0.001,
        "value": 0.0001,
        "source": "--lr",
    }


def test_relative_paths_are_read_against_the_directory_of_the_first_command() -> None:
    config = config_from_document(document())
    assert config.data.train_index == Path("/home/me/train.csv")
    assert config.data.gloss_csv is None


def test_a_name_stays_a_name_and_a_folder_becomes_absolute(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    stored = document()
    stored["about"]["cwd"] = str(tmp_path)
    stored["model"]["decoder_model"] = "mine"
    stored["data"]["tokenizer"] = "google/t5"
    config = config_from_document(stored)
    assert config.model.decoder_model == str(tmp_path / "mine")
    assert config.data.tokenizer == "google/t5"


def test_a_config_json_of_another_version_names_what_it_does_not_know() -> None:
    stored = document()
    stored["model"]["mska_magic"] = 1
    with pytest.raises(ConfigError, match=r"config.json: model.mska_magic: no such key"):
        config_from_document(stored)


def test_epochs_devices_workers_and_logging_may_be_typed_anew_on_resume() -> None:
    typed = {"training.epochs": "80", "training.device": "cpu", "data.num_workers": "0"}
    resumed = resume_config(document(lr="1e-4"), flag_layers(typed))
    assert (resumed.config.training.epochs, resumed.config.optim.lr) == (80, 1e-4)


def test_a_resumed_run_remembers_who_said_what() -> None:
    resumed = resume_config(document(lr="1e-4"), flag_layers({"training.epochs": "80"}))
    sources = {row.key: row.source for row in resumed.overrides}
    assert (sources["optim.lr"], sources["training.epochs"]) == ("--lr", "--epochs (resume)")


def test_the_first_command_line_may_be_typed_again_with_resume() -> None:
    layers = [
        Layer("least", {**LEAST, "data.work_dir": "/elsewhere/x"}),
        *flag_layers({"optim.lr": "0.0001"}),
    ]
    assert resume_config(document(lr="1e-4"), layers).config.optim.lr == 1e-4


def test_another_setting_is_refused_on_resume() -> None:
    assert refused(*flag_layers({"optim.lr": "5"})) == [
        "--lr: optim.lr: is 5.0 here and 0.001 in the run, which keeps it; leave it out",
        "only these may be typed anew with --resume: data.num_workers, data.pin_memory, "
        "training.checkpoint_every_steps, training.device, training.epochs, training.log_every_steps, "
        "training.max_train_steps, training.processes, training.tensorboard",
    ]


def test_initial_weights_exclude_resume() -> None:
    expected = "--set: training.init_checkpoint: excludes --resume, which goes on from last.pt; leave it out"
    assert expected in refused(*set_layers(["training.init_checkpoint=a.pt"]))


def test_a_mistake_in_what_is_typed_on_resume_is_told_like_any_other() -> None:
    assert refused(*set_layers(["training.epoch=3"])) == [
        "--set: training.epoch: no such key; did you mean training.epochs?"
    ]
