"""Whose the directory is, and whether the data set in it is complete."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from slt_engine.clips.errors import DataError
from slt_engine.demo import directory

RECIPE = {"kind": "test", "alphabets": ("ssp", "mfs"), "seed": 0}


def data(root: Path) -> dict[str, object]:
    return {"metadata_csv": str(root / "meta.csv")}


def build(root: Path) -> Path:
    with directory.building(root, RECIPE):
        (root / "meta.csv").write_text("video_id;texto\n")
        return directory.finish(root, data(root), about="made by a test")


def test_an_absent_or_empty_directory_is_free(tmp_path: Path) -> None:
    assert not directory.is_complete(tmp_path / "new", RECIPE)
    assert not directory.is_complete(tmp_path, RECIPE)


def test_a_complete_one_is_recognised(tmp_path: Path) -> None:
    build(tmp_path / "out")
    assert directory.is_complete(tmp_path / "out", RECIPE)


def test_another_recipe_is_refused_with_the_difference(tmp_path: Path) -> None:
    build(tmp_path / "out")
    with pytest.raises(DataError, match=r"holds a data set with seed 0 \(asked for 3\): name another"):
        directory.is_complete(tmp_path / "out", {**RECIPE, "seed": 3})


def test_a_directory_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(DataError, match="is not empty and holds no demo data set"):
        directory.is_complete(tmp_path, RECIPE)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(DataError, match="is a file"):
        directory.is_complete(tmp_path / "out", RECIPE)


def test_an_interrupted_build_is_cleared_away_but_nothing_else(tmp_path: Path) -> None:
    with directory.building(tmp_path, RECIPE):
        (tmp_path / "processed").mkdir()
        (tmp_path / "processed/half.npz").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    assert not directory.is_complete(tmp_path, {**RECIPE, "seed": 5})
    with directory.building(tmp_path, {**RECIPE, "seed": 5}):
        assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.json", "notes.txt"]


def test_two_builds_at_once_in_one_directory_are_refused(tmp_path: Path) -> None:
    with directory.building(tmp_path, RECIPE):
        (tmp_path / "meta.csv").write_text("half")
        with (
            pytest.raises(DataError, match="another process is building here"),
            directory.building(tmp_path, RECIPE),
        ):
            pass
        assert (tmp_path / "meta.csv").read_text() == "half"


def test_a_data_set_that_another_process_has_just_completed_is_left_alone(tmp_path: Path) -> None:
    build(tmp_path)
    with pytest.raises(DataError, match="was completed by another"), directory.building(tmp_path, RECIPE):
        pass
    assert directory.is_complete(tmp_path, RECIPE)


def test_a_damaged_recipe_says_what_to_do(tmp_path: Path) -> None:
    build(tmp_path)
    (tmp_path / "demo.json").write_text('{"format"')
    with pytest.raises(DataError, match=r"demo\.json is damaged .* build again"):
        directory.is_complete(tmp_path, RECIPE)


def test_the_config_file_holds_the_data_section_and_says_what_it_is(tmp_path: Path) -> None:
    config = build(tmp_path)
    assert config.read_text().startswith("# made by a test\n")
    assert yaml.safe_load(config.read_text()) == {"data": data(tmp_path)}


def test_reuse_keeps_what_a_user_changed_in_the_config_file(tmp_path: Path) -> None:
    config = build(tmp_path)
    config.write_text(config.read_text() + "training: {seed: 7}\n")
    before = config.read_bytes()
    assert directory.reuse(tmp_path, data(tmp_path), about="") == config
    assert config.read_bytes() == before


def test_reuse_under_another_name_writes_the_paths_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    config = directory.reuse(Path("out"), data(Path("out")), about="")
    assert yaml.safe_load(config.read_text())["data"] == {"metadata_csv": "out/meta.csv"}
