"""A form begins from a preset, a run, a file or nothing, with a free name for its run; and what it gives back."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.config import ConfigError, load_config_document, load_preset, resolve
from slt_engine.run.directory import RunDir, RunError
from slt_tui.form.command import command_line
from slt_tui.form.examination import examine
from slt_tui.form.history import History
from slt_tui.form.naming import free_work_dir
from slt_tui.form.origins import from_config, from_nothing, from_preset, from_run
from slt_tui.form.outputs import Change, config_file_text, keep_preset, list_changes, preset_words
from slt_tui.form.paste import read_pasted
from slt_tui.form.state import FormState
from tests.support.runs import make_run


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    Path("set.yaml").write_text(
        "data: {keypoints_dir: k, gloss_csv: g, metadata_csv: m, train_index: t, val_index: v}\n"
    )
    return tmp_path


def test_a_preset_s_run_gets_a_free_name() -> None:
    Path("work_dirs/demo-1").mkdir(parents=True)
    Path("work_dirs/demo-1/config.json").write_text("{}")
    assert dict(from_preset("demo").changes) == {"data.work_dir": "work_dirs/demo-2"}
    assert from_nothing(Path("runs")).text("data.work_dir") == "runs/run-1"


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(ConfigError, match="preset dem: neither a preset nor a file"):
        from_preset("dem")


def test_a_number_in_a_name_counts_on() -> None:
    assert free_work_dir(Path("work_dirs"), "demo-7") == Path("work_dirs/demo-1")


def test_a_file_keeps_the_directory_that_it_names_while_it_is_free() -> None:
    Path("c.yaml").write_text("data: {work_dir: runs/a}\n")
    assert dict(from_config(Path("c.yaml")).changes) == {}
    RunDir.create(Path("runs/a"), {}, {})
    assert dict(from_config(Path("c.yaml")).changes) == {"data.work_dir": "runs/a-1"}


def test_a_clone_says_what_its_run_said_and_lies_beside_it() -> None:
    run = make_run(Path("work_dirs/mine"), Path("set.yaml"), "optim.lr=0.5")
    state = from_run(run)
    assert dict(state.changes) == {"data.work_dir": "work_dirs/mine-1"}
    assert (state.text("optim.lr"), state.base.title) == ("0.5", "run mine")
    assert command_line(state) == "slt train --config work_dirs/mine/config.json --work-dir work_dirs/mine-1"


def test_a_clone_from_elsewhere_means_the_same_files(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(Path("work_dirs/mine"), Path("set.yaml"))
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    state = from_run(RunDir(here / "work_dirs/mine"))
    assert state.text("data.metadata_csv") == str(here / "m")
    assert read_pasted(command_line(state)).state == state
    assert run.name == "mine"


def test_a_directory_that_holds_no_run_is_refused() -> None:
    with pytest.raises(RunError, match="is missing; is this a run's directory"):
        from_run(RunDir(Path("nowhere")))


def test_the_changes_stand_beside_what_was_before() -> None:
    state = from_preset("demo").with_changes({"optim.lr": "0.5", "optim.lr_encoder": "1"})
    assert list_changes(state) == [
        Change("data.work_dir", "", "work_dirs/demo-1"),
        Change("optim.lr", "0.001", "0.5"),
        Change("optim.lr_encoder", "lr", "1"),
    ]


def test_the_file_of_a_form_says_the_same() -> None:
    state = read_pasted("slt train --config set.yaml --decoder-preset demo --work-dir w --lr 0.5").state
    Path("out.yaml").write_text(config_file_text(state))
    assert resolve([load_config_document(Path("out.yaml"))]).config == resolve(state.layers()).config


def test_a_form_is_kept_as_a_preset() -> None:
    state = from_preset("demo").with_change("optim.lr", "0.5")
    keep_preset(state, "mine", title="Mine")
    assert load_preset("mine").layer.values["optim.lr"] == 0.5
    assert examine(from_preset("mine")).by_key["model.d_model"].text == "128"
    words = ["slt", "presets", "save", "mine", "--title", "Mine", "--decoder-preset", "demo"]
    assert preset_words(state, "mine", title="Mine")[: len(words)] == words


def test_undo_and_redo_go_through_the_states() -> None:
    first = from_preset("demo")
    second = first.with_change("optim.lr", "0.5")
    history = History(first)
    assert (history.is_touched, history.undo(), history.add(first)) == (False, False, False)
    assert history.add(second)
    assert (history.is_touched, history.undo(), history.state) == (True, True, first)
    assert (history.redo(), history.state, history.redo()) == (True, second, False)
    history.undo()
    third = first.with_change("optim.lr", "7")
    history.add(third)
    assert (history.redo(), history.state) == (False, third)


def test_typing_what_the_base_says_is_no_change() -> None:
    state = from_preset("demo")
    assert state.with_change("optim.lr", "1e-3") == state
    assert state.with_change("optim.lr", "5").with_change("optim.lr", "") == state
    assert FormState().with_change("model.use_mska", "false") == FormState()
