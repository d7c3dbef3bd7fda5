"""Which file a run's weights begin from: one that is named, one that is found, none."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from slt_engine.config import Layer, check_paths, describe_origin, flag_layers, resolve, resume_config
from slt_engine.config.errors import ConfigError
from slt_engine.config.initial import NAMES, PLACE, VARIABLE, find_start
from slt_engine.config.notices import list_notices
from slt_engine.config.record import config_document
from tests.support.settings import LEAST, config_with


def found(values: dict[str, Any], cwd: Path, **environment: str) -> tuple[str, Path] | None:
    start = find_start(config_with(values), cwd, environment)
    return start and (start.source, start.path)


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_a_named_checkpoint_goes_before_the_variable_and_that_before_the_place(tmp_path: Path) -> None:
    placed, named = put(tmp_path / PLACE / NAMES[0]), put(tmp_path / "named.pt")
    asked = {"model.pretrained_checkpoint": "asked.pt"}
    assert found({}, tmp_path) == (f"{PLACE}/", placed)
    assert found({}, tmp_path, **{VARIABLE: "named.pt"}) == (VARIABLE, named)
    assert found(asked, tmp_path, **{VARIABLE: "named.pt"}) == ("pretrained_checkpoint", Path("asked.pt"))


def test_the_place_knows_several_names(tmp_path: Path) -> None:
    assert found({}, tmp_path) is None
    for name in reversed(NAMES):
        put(tmp_path / PLACE / name)
        assert found({}, tmp_path) == (f"{PLACE}/", tmp_path / PLACE / name)


def test_a_variable_that_names_no_file_leaves_the_place(tmp_path: Path) -> None:
    placed = put(tmp_path / PLACE / NAMES[0])
    assert found({}, tmp_path, **{VARIABLE: "absent.pt"}) == (f"{PLACE}/", placed)


def test_none_takes_no_file_and_says_so_of_one_that_is_named(tmp_path: Path) -> None:
    put(tmp_path / PLACE / NAMES[0])
    flags = {"model.pretrained": "none", "model.pretrained_checkpoint": "asked.pt"}
    assert found(flags, tmp_path) is None
    assert list_notices(resolve([Layer("least", LEAST), *flag_layers(flags)])) == [
        "note: --pretrained-checkpoint: model.pretrained_checkpoint has no effect: pretrained is none"
    ]


def test_an_init_checkpoint_goes_before_every_pretrained_one(tmp_path: Path) -> None:
    flags = {"model.pretrained_checkpoint": "asked.pt", "training.init_checkpoint": "best.pt"}
    assert found(flags, tmp_path) == ("init_checkpoint", Path("best.pt"))
    assert list_notices(resolve([Layer("least", LEAST), *flag_layers(flags)])) == [
        "note: --pretrained-checkpoint: model.pretrained_checkpoint has no effect: init_checkpoint gives every weight"
    ]


def test_a_pretrained_checkpoint_that_is_absent_is_an_error() -> None:
    config = config_with({"model.pretrained_checkpoint": "absent.pt"})
    assert "model.pretrained_checkpoint: absent.pt: no such file" in check_paths(config)
    assert not any("absent.pt" in problem for problem in check_paths(config.without_initial_weights()))


def test_a_resumed_run_takes_no_other_weights() -> None:
    stored = config_document(resolve([Layer("least", LEAST)]), {})
    for key, value in (("model.pretrained", "none"), ("model.pretrained_checkpoint", "asked.pt")):
        with pytest.raises(ConfigError, match=f"{key}: excludes --resume, which goes on from last.pt"):
            resume_config(stored, flag_layers({key: value}))


def test_a_file_that_was_found_is_named_with_its_sha256(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(VARIABLE, raising=False)
    put(tmp_path / PLACE / NAMES[0]).write_bytes(b"weights")
    sha256 = hashlib.sha256(b"weights").hexdigest()
    about = describe_origin("slt train", config_with())
    assert about["initial_weights"] == {"path": str(tmp_path / PLACE / NAMES[0]), "sha256": sha256}
    assert describe_origin("slt train", config_with({"model.pretrained": "none"}))["initial_weights"] is None
