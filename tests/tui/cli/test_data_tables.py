"""`slt data split` and `slt data gloss`: files that training reads, and nothing replaced unasked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slt_engine.clips.index import read_glosses, read_index
from slt_tui.cli.root import run_command


@pytest.fixture
def meta(tmp_path: Path) -> Path:
    path = tmp_path / "meta.csv"
    rows = [f'"-{number};0";"uno; dos";s{number % 5};CASA G{number}' for number in range(20)]
    path.write_text("\n".join(["\ufeffvideo_id;texto;signer;gloss", *rows]), encoding="utf-8")
    return path


def test_a_table_is_split_into_index_files_that_are_read_again(
    meta: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "index"
    assert (
        run_command(
            ["data", "split", str(meta), "--out", str(out), "--by", "signer", "--val", "0.2", "--json"]
        )
        == 0
    )
    rows = json.loads(capsys.readouterr().out)
    ids = {row["split"]: read_index(out / f"{row['split']}.csv") for row in rows}
    assert {row["split"]: row["clips"] for row in rows} == {name: len(part) for name, part in ids.items()}
    assert [row["signers"] for row in rows] == [3, 1, 1]
    assert sorted(clip_id for part in ids.values() for clip_id in part) == sorted(
        f"-{n};0" for n in range(20)
    )


def test_without_out_the_files_lie_beside_the_table_where_checks_look(meta: Path, tmp_path: Path) -> None:
    assert run_command(["data", "split", str(meta)]) == 0
    assert run_command(["data", "gloss", str(meta)]) == 0
    assert {path.name for path in (tmp_path / "index").iterdir()} == {"train.csv", "val.csv", "test.csv"}
    assert (tmp_path / "gloss.csv").is_file()


def test_the_same_seed_writes_the_same_files(meta: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run_command(["data", "split", str(meta), "--out", str(tmp_path / name), "--seed", "4"]) == 0
    for split in ("train", "val", "test"):
        one, two = ((tmp_path / name / f"{split}.csv").read_bytes() for name in ("one", "two"))
        assert one == two


def test_files_that_are_there_are_replaced_only_when_asked(
    meta: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["data", "split", str(meta), "--out", str(tmp_path)]
    assert run_command(words) == 0
    before = (tmp_path / "train.csv").read_bytes()
    assert run_command([*words, "--seed", "9"]) == 2
    assert "train.csv: is there already; --force replaces it" in capsys.readouterr().err
    assert (tmp_path / "train.csv").read_bytes() == before
    assert run_command([*words, "--seed", "9", "--test", "0", "--force"]) == 0
    assert (tmp_path / "train.csv").read_bytes() != before
    assert not (tmp_path / "test.csv").exists(), "clips of it train by now"


def test_what_cannot_be_split_ends_with_2_and_writes_nothing(
    meta: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "index"
    assert run_command(["data", "split", str(meta), "--out", str(out), "--by", "source"]) == 2
    assert "has no column video or source" in capsys.readouterr().err
    assert not out.exists()


def test_glosses_are_numbered_and_read_again(
    meta: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "gloss.csv"
    assert run_command(["data", "gloss", str(meta), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"clips": 20, "glosses": 21, "without": 0}]
    glosses = read_glosses(out)
    assert glosses["-0;0"].tokens == ("CASA", "G0")
    assert {gloss.labels[0] for gloss in glosses.values()} == {1}
    assert run_command(["data", "gloss", str(meta), "--out", str(out)]) == 2
    assert run_command(["data", "gloss", str(meta), "--out", str(out), "--force", "--keep", str(out)]) == 0
    assert read_glosses(out) == glosses


def test_a_table_without_glosses_ends_with_2(
    meta: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run_command(["data", "gloss", str(meta), "--out", str(tmp_path / "g.csv"), "--column", "glosas"]) == 2
    )
    assert "has no column glosas but video_id, texto, signer, gloss" in capsys.readouterr().err
