"""What is told of a run's settings, files, load and translations, whatever its files hold."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from slt_engine.run.directory import RunDir
from slt_tui.load_history import STEP_S, STEPS, devices
from slt_tui.run_files import run_files
from slt_tui.run_settings import about_rows, resumed_rows, setting_rows
from slt_tui.samples import Sample, Samples
from slt_tui.widgets.translations.history import history_lines, marked

DOCUMENT = {
    "data": {"batch_size": 8, "pose_dir": None},
    "optim": {"lr": 0.001},
    "overrides": [{"key": "data.batch_size", "default": 4, "value": 8, "source": "--batch-size"}, "torn", {}],
    "about": {"command": "slt train", "host": "box"},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def test_a_setting_says_who_set_it_and_what_it_would_be() -> None:
    rows = {row.key: row for row in setting_rows(DOCUMENT)}
    batch = rows["data.batch_size"]
    assert (batch.value, batch.default, batch.source, batch.is_set) == ("8", "4", "--batch-size", True)
    assert not rows["optim.lr"].is_set
    assert dict(about_rows(DOCUMENT)) == {"host": "box", "command": "slt train"}


@given(st.dictionaries(st.sampled_from(["data", "model", "overrides", "about", "preset"]), JSON))
def test_any_config_json_is_shown(document: dict[str, object]) -> None:
    assert isinstance(setting_rows(document), list)
    assert isinstance(about_rows(document), list)


def test_each_resume_says_what_it_changed(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", {"training": {"epochs": 10}}, {})
    run.archive_config({"training": {"epochs": 20}})
    run.archive_config({"training": {"epochs": 20, "device": "cpu"}})
    run.archive_config({"training": {"epochs": 40, "device": "cpu"}})
    told = [(row.number, row.key, row.before, row.after) for row in resumed_rows(run)]
    assert told == [(1, "training.epochs", "10", "20"), (3, "training.epochs", "20", "40")]


def test_checkpoints_are_listed_with_the_epoch_that_they_were_last_written_in(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "train.log").write_text("x")
    (tmp_path / "last.pt").write_bytes(b"12345")
    events = [
        {"kind": "checkpoint", "path": "last.pt", "epoch": epoch, "step": 1000 * epoch} for epoch in (1, 2)
    ]
    files = run_files(tmp_path, events)
    assert [(file.name, file.size, file.note) for file in files] == [
        ("last.pt", 5, "epoch 2, step 2,000"),
        ("logs/train.log", 1, ""),
    ]
    assert [file.is_text for file in files] == [False, True]


def test_the_course_of_a_load_keeps_its_place_while_time_goes_on() -> None:
    host = {"cpu_percent": 50.0}
    begin = [
        {"time": 1000.0, "gpus": [], "host": host},
        {"time": 1000.0 + 3 * STEP_S, "gpus": [], "host": host},
    ]
    later = [*begin, {"time": 1001.0 + 3 * STEP_S, "gpus": [], "host": {"cpu_percent": 60.0}}]
    (before,), (after,) = devices(begin), devices(later)
    assert before.gauges[0].course[:-1] == after.gauges[0].course[:-1]
    known = [place for place, share in enumerate(before.gauges[0].course) if share is not None]
    assert known == [STEPS - 4, STEPS - 1]
    assert (after.gauges[0].words, after.gauges[0].share) == ("60 %", 0.6)


@given(
    st.lists(st.fixed_dictionaries({"time": JSON | st.floats(0, 1e6)}, optional={"gpus": JSON, "host": JSON}))
)
def test_any_system_jsonl_is_shown(rows: list[dict[str, object]]) -> None:
    assert isinstance(devices(rows), list)


@given(JSON, JSON, JSON)
def test_any_sample_is_taken(clip: object, reference: object, epoch: object) -> None:
    samples = Samples()
    assert samples.take({"kind": "sample", "clip_id": clip, "reference": reference, "epoch": epoch})
    assert len(samples.of(samples.clips[0])) == 1


def test_what_is_wrong_is_underlined_and_what_is_missing_stands_in_brackets() -> None:
    assert marked("el perro ladra", "el gato ladra") == [
        ("el", ""), (" ", ""), ("gato", "wrong"), (" ", ""), ("ladra", ""),
    ]  # fmt: skip
    assert ("[perro]", "missing") in marked("el perro ladra", "el ladra")
    assert marked("hola", " ") == [("(nothing)", "missing")]


@given(st.text("ab é中", max_size=60), st.text("ab é中", max_size=60), st.integers(12, 80))
def test_no_word_is_lost_where_lines_are_wrapped(reference: str, hypothesis: str, width: int) -> None:
    lines = history_lines([Sample("c", 3, 30, reference, hypothesis)], width, plain=True)
    shown = "".join(text for line in lines for text, look in line if look != "missing")
    for word in hypothesis.split():
        assert word in shown.replace(" ", "") or word in shown
