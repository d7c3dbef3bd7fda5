"""CTC labels from written glosses: numbered from 1 by frequency, and those that are known stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import gloss_names, read_glosses
from slt_engine.contract.glossing import label_table
from slt_tui.cli.data_tables import write_table

META = "video_id;texto;gloss\na;uno;CASA YO\nb;dos;YO QUERER\n-c;tres;\nd;cuatro; NIÑO  YO \n"


@pytest.fixture
def meta(tmp_path: Path) -> Path:
    path = tmp_path / "meta.csv"
    path.write_text(META, encoding="utf-8")
    return path


def test_labels_fall_with_frequency_and_then_the_alphabet(meta: Path) -> None:
    labelled = label_table(meta)
    assert labelled.labels == {"YO": 1, "CASA": 2, "NIÑO": 3, "QUERER": 4}
    assert labelled.lacking == ("-c",)
    assert labelled.rows() == [("a", "CASA YO", "2 1"), ("b", "YO QUERER", "1 4"), ("d", "NIÑO YO", "3 1")]


def test_glosses_that_are_trained_on_come_first(meta: Path) -> None:
    labelled = label_table(meta, trained={"b"})
    assert labelled.labels == {"YO": 1, "QUERER": 2, "CASA": 3, "NIÑO": 4}


def test_labels_of_another_table_stay_and_new_ones_follow(meta: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.csv"
    before.write_text("video_id;gloss;ctc_labels\nz;CASA ADIÓS;1 7\n", encoding="utf-8")
    assert label_table(meta, kept=before).labels == {"CASA": 1, "ADIÓS": 7, "YO": 8, "NIÑO": 9, "QUERER": 10}


def test_what_is_written_is_read_again_with_those_labels(meta: Path, tmp_path: Path) -> None:
    labelled = label_table(meta)
    write_table(tmp_path / "gloss.csv", ("video_id", "gloss", "ctc_labels"), labelled.rows())
    glosses = read_glosses(tmp_path / "gloss.csv")
    assert gloss_names(glosses)[1:] == sorted(labelled.labels, key=labelled.labels.__getitem__)
    assert {clip_id: gloss.tokens for clip_id, gloss in glosses.items()} == labelled.glosses


def test_one_gloss_in_two_unicode_forms_is_one_gloss(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("video_id;gloss\na;NI\u00d1O\nb;NIN\u0303O\n", encoding="utf-8")
    assert label_table(tmp_path / "m.csv").labels == {"NIÑO": 1}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("video_id;texto\na;x\n", "has no column gloss but video_id, texto; name the one with --column"),
        ("video_id;gloss\na;\n", "column gloss is empty"),
        ("", "has no column gloss"),
    ],
)
def test_a_table_without_glosses_is_told_in_a_line(tmp_path: Path, table: str, said: str) -> None:
    (tmp_path / "m.csv").write_text(table)
    with pytest.raises(DataError, match=said):
        label_table(tmp_path / "m.csv")


def test_a_kept_table_that_numbers_a_gloss_twice_is_refused(meta: Path, tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("video_id;gloss;ctc_labels\na;YO;1\nb;YO;2\n")
    with pytest.raises(DataError, match='"YO" has label 1 and, in "b", 2; give it one'):
        label_table(meta, kept=tmp_path / "k.csv")
