"""What the form says about a state is what the command line would say, beside the field that it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir
from slt_tui.form.examination import Examination, examine
from slt_tui.form.search import best_match, matching
from slt_tui.form.state import Base, FormState


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that a run needs, in the current directory."""
    monkeypatch.chdir(tmp_path)
    Path("pose").mkdir()
    for name in ("meta.csv", "train.csv", "val.csv"):
        Path(name).touch()


LEAST = {
    "data.work_dir": "work_dirs/x",
    "data.pose_dir": "pose",
    "data.metadata_csv": "meta.csv",
    "data.train_index": "train.csv",
    "data.val_index": "val.csv",
}


def looked_over(preset: str | None = None, **changes: str) -> Examination:
    """The least settings with these on top; keywords spell the dot as two underscores."""
    state = FormState(Base.read(preset)).with_changes(LEAST)
    return examine(state.with_changes({key.replace("__", ".", 1): text for key, text in changes.items()}))


def test_the_least_settings_are_sound() -> None:
    form = looked_over()
    assert (form.is_sound, form.others) == (True, ())
    assert form.resolved is not None
    assert form.resolved.command.startswith("slt train --work-dir work_dirs/x --pose-dir pose")


def test_an_empty_form_says_what_is_required_in_its_rows() -> None:
    form = examine(FormState())
    assert form.by_key["data.metadata_csv"].problems == ("required; give --metadata-csv",)
    assert (form.is_sound, form.others) == (False, ())


def test_bad_input_stays_in_its_field_with_its_error_and_spoils_no_other() -> None:
    form = looked_over(optim__lr="fast", training__epochs="3", model__d_model="0")
    rows = form.by_key
    assert (rows["optim.lr"].text, rows["optim.lr"].problems) == ("fast", ("must be a number, not 'fast'",))
    assert rows["model.d_model"].problems == ("must be at least 1, not '0'",)
    assert (rows["training.epochs"].text, rows["training.epochs"].problems) == ("3", ())
    assert form.problems == (
        "--d-model: model.d_model: must be at least 1, not '0'",
        "--lr: optim.lr: must be a number, not 'fast'",
    )


def test_a_broken_rule_stands_beside_the_field_to_look_at_first() -> None:
    form = looked_over(model__temporal_nhead="3")
    assert form.by_key["model.temporal_nhead"].problems == ("3 heads do not divide d_model 128",)


def test_paths_that_are_not_there_and_a_taken_directory_are_told() -> None:
    RunDir.create(Path("work_dirs/x"), {}, {})
    form = looked_over(data__pose_dir="nowhere")
    assert form.by_key["data.pose_dir"].problems == ("nowhere: no such directory",)
    assert "holds a run already" in form.by_key["data.work_dir"].problems[0]


def test_a_setting_that_nothing_reads_has_a_notice() -> None:
    form = looked_over(optim__scheduler_gamma="0.1")
    assert form.by_key["optim.scheduler_gamma"].notices == ("has no effect: the scheduler is not steplr",)
    assert (form.is_sound, len(form.notices)) == (True, 1)


def test_each_row_says_who_set_it(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("optim: {lr: 0.5, weight_decay: 0.0}\n")
    form = examine(FormState(Base.read("demo", file)).with_change("training.seed", "7"))
    said = {key: form.by_key[key].origin for key in ("optim.lr", "optim.weight_decay", "model.d_model")}
    assert said == {"optim.lr": "c.yaml", "optim.weight_decay": "default", "model.d_model": "preset demo"}
    assert (form.by_key["training.seed"].origin, form.by_key["model.pose_axes"].origin) == ("you", "default")


def test_what_a_file_says_about_unknown_settings_is_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("optim: {learning: 0.5}\n")
    form = examine(FormState(Base.read(config=file)).with_changes(LEAST))
    assert form.others == (f"--config {file}: optim.learning: no such key; did you mean optim.lr?",)


def test_a_search_looks_in_key_flag_and_help() -> None:
    rows = looked_over().rows
    assert [row.key for row in matching(rows, "label smoothing")] == ["optim.label_smoothing"]
    assert "data.pin_memory" in [row.key for row in matching(rows, "page-locked")]
    assert [row.key for row in matching(rows, "mska no")][:1] == ["model.use_mska"]
    assert matching(rows, "nothing like it") == []


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("epochs", "training.epochs"),
        ("Batch-Size", "data.batch_size"),
        ("smoothing", "optim.label_smoothing"),
    ],
)
def test_a_search_goes_to_the_setting_of_that_name(query: str, key: str) -> None:
    found = best_match(matching(looked_over().rows, query), query)
    assert found is not None
    assert found.key == key


def test_the_changed_only_view_has_just_those() -> None:
    assert [row.key for row in matching(looked_over().rows, "", changed_only=True)] == list(LEAST)
