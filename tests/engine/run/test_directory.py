"""A run is a directory: made once, opened by anyone, found by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir, RunError, find_run, list_runs
from tests.support.fake_runs import made


def listed(path: Path) -> RunDir:
    run = made(path)
    run.lock.touch()
    return run


def test_a_new_run_has_its_config_its_sources_and_a_place_for_logs(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "a" / "b", {"data": {"batch_size": 4}}, {"demo.yaml": "x: ñ\n"})
    assert run.read_config() == {"data": {"batch_size": 4}}
    assert (run.sources / "demo.yaml").read_text(encoding="utf-8") == "x: ñ\n"
    assert run.logs.is_dir()


@pytest.mark.parametrize("mark", ["config.json", "status.json", "metrics.jsonl", "last.pt", "best.pt"])
def test_a_directory_that_holds_a_run_is_refused_and_not_touched(tmp_path: Path, mark: str) -> None:
    (tmp_path / mark).write_text("precious")
    remedy = "continue it with --resume" if mark == "last.pt" else "remove the directory"
    with pytest.raises(RunError, match=rf"holds a run already.*{remedy}"):
        RunDir.create(tmp_path, {}, {"demo.yaml": ""})
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(mark, "precious")]


def test_a_directory_with_other_things_can_take_a_run(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert RunDir.create(tmp_path, {}, {}).config.exists()


def test_older_configs_are_kept_by_number(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", {"session": 1}, {})
    run.archive_config({"session": 2})
    run.archive_config({"session": 3})
    configs = {path.name: json.loads(path.read_text())["session"] for path in run.path.glob("config*.json")}
    assert configs == {"config.1.json": 1, "config.2.json": 2, "config.json": 3}


def test_a_source_of_the_same_name_and_another_text_does_not_replace_the_first(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", {}, {"run.yaml": "a: 1"})
    run.add_sources({"run.yaml": "a: 2"})
    run.add_sources({"run.yaml": "a: 2", "../outside.yaml": "b: 1"})
    sources = {path.name: path.read_text() for path in run.sources.iterdir()}
    assert sources == {"run.yaml": "a: 1", "run.1.yaml": "a: 2", "outside.yaml": "b: 1"}


def test_sweeping_removes_what_was_half_written_and_the_wish_to_stop(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    for name in ("last.pt.tmp", "status.json.12-12.tmp", "stop", "last.pt"):
        (run.path / name).write_text("")
    run.sweep()
    assert not run.stop.exists()
    assert not list(run.path.glob("*.tmp"))
    assert run.last.exists()


def test_opening_what_is_no_run_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such directory"):
        RunDir.open(tmp_path / "absent")
    with pytest.raises(RunError, match=r"no config\.json"):
        RunDir.open(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"data": {'])
def test_a_config_that_is_no_object_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(RunError, match=r"config\.json: is not a JSON object"):
        RunDir(tmp_path).read_config()


def test_runs_are_listed_by_path_from_several_roots_each_once(tmp_path: Path) -> None:
    for name in ("b", "a", "sweep/one", "sweep/deep/two"):
        listed(tmp_path / "root" / name)
    listed(tmp_path / "other" / "c")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "root" / "a")
    found = list_runs([tmp_path / "root", tmp_path / "other", tmp_path / "root" / "a", tmp_path / "absent"])
    assert sorted(run.name for run in found) in (
        ["a", "b", "c", "one", "two"],
        ["b", "c", "link", "one", "two"],
    )


def test_a_link_to_itself_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert list_runs([tmp_path]) == []


def test_a_models_folder_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "t5-small").mkdir()
    (tmp_path / "t5-small" / "config.json").write_text('{"model_type": "t5"}')
    assert list_runs([tmp_path]) == []


def test_what_lies_within_a_run_is_not_listed(tmp_path: Path) -> None:
    run = listed(tmp_path / "run")
    listed(run.evals / "inner")
    assert list_runs([tmp_path]) == [run]


def test_a_run_is_found_by_path_and_by_the_end_of_its_path(tmp_path: Path) -> None:
    run = listed(tmp_path / "root" / "sweep" / "one")
    for name in (str(run.path), "one", "sweep/one"):
        assert find_run(name, [tmp_path / "root"]).path == run.path


def test_a_name_that_several_runs_have_is_an_error_that_lists_them(tmp_path: Path) -> None:
    listed(tmp_path / "a" / "one")
    listed(tmp_path / "b" / "one")
    with pytest.raises(RunError, match=r"one: means any of .*a/one, .*b/one; give the path"):
        find_run("one", [tmp_path])


def test_a_name_that_no_run_has_is_an_error_that_suggests_the_nearest(tmp_path: Path) -> None:
    listed(tmp_path / "fingerspelling")
    with pytest.raises(RunError, match=r"no such run \(did you mean fingerspelling\?\)"):
        find_run("fingerspeling", [tmp_path])
