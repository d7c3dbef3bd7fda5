"""Index, meta.csv and gloss.csv as people really write them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import (
    BLANK,
    Gloss,
    gloss_names,
    read_column,
    read_glosses,
    read_index,
    read_texts,
)


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize(
    "content",
    [
        "007\n-b\n_c\n",
        "video_id\n007\n-b\n_c",
        "\ufeffvideo_id\r\n007\r\n\r\n-b\r\n_c\r\n",
        "split;video_id\ntrain;007\ntrain;-b\ntrain;_c\n",
        '"007"\n"-b"\n"_c"\n',
        "007\r\n-b\r\n_c\r\n\r\n",
    ],
)
def test_an_index_gives_its_ids_as_text_in_its_order(tmp_path: Path, content: str) -> None:
    assert read_index(write(tmp_path / "train.csv", content)) == ["007", "-b", "_c"]


def test_an_id_like_na_or_a_number_stays_text(tmp_path: Path) -> None:
    assert read_index(write(tmp_path / "i.csv", "NA\nnan\n1e5\n0012\nTrue\n")) == [
        "NA",
        "nan",
        "1e5",
        "0012",
        "True",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\nb\na\n", 'i.csv line 3: "a" stands on line 1 too; keep one'),
        ("a\n../secret\n", 'i.csv line 2: "../secret" cannot be a video_id; it names files'),
        ('a\n"b\nc"\n', "cannot be a video_id; it names files"),
        (f"a\n{'é' * 121}\n", "cannot be a video_id longer than 240 bytes; it names files"),
        ("", "holds no video_id"),
        ("video_id\n", "holds no video_id"),
    ],
)
def test_a_wrong_index_says_where_and_what_to_do(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_index(write(tmp_path / "i.csv", content))
    assert message in str(caught.value)


def test_an_index_that_is_not_there_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv: cannot be read"):
        read_index(tmp_path / "none.csv")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("mark", [";", ","])
def test_texts_are_read_with_either_mark_line_end_and_bom(
    tmp_path: Path, newline: str, bom: str, mark: str
) -> None:
    rows = [["video_id", "texto", "fps"], ["007", '"Hola; ¿qué, tal?"', "25"], ["b", "Adiós", ""]]
    content = bom + newline.join(mark.join(row) for row in rows) + newline
    assert read_texts(write(tmp_path / "meta.csv", content)) == {"007": "Hola; ¿qué, tal?", "b": "Adiós"}


def test_texts_come_composed_and_keep_their_inner_blanks(tmp_path: Path) -> None:
    text = "¿Qué mañana, señor?  ¡Sí!"
    path = write(tmp_path / "meta.csv", f"video_id;texto\na;  {unicodedata.normalize('NFD', text)} \n")
    assert read_texts(path) == {"a": text}


def test_a_quoted_text_may_hold_a_line_end_and_quotes(tmp_path: Path) -> None:
    path = write(tmp_path / "meta.csv", 'video_id;texto\na;"dijo ""sí""\ny se fue"\n')
    assert read_texts(path) == {"a": 'dijo "sí"\ny se fue'}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id;text;video\na;b;c\n", 'no column "video_id"'),
        ("video_id;texto\na;uno\na;dos\n", 'meta.csv line 3: "a" has another text above; keep one row'),
        ("video_id;fps;texto\na;25\n", "meta.csv line 2: 2 fields, 3 expected"),
        ('video_id;texto\na;"abierto\n', "is not a CSV file"),
    ],
)
def test_a_wrong_table_says_where_and_what_to_do(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_texts(write(tmp_path / "meta.csv", content))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_table_in_latin_1_says_that_it_is_not_utf_8(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"meta\.csv: is not UTF-8 \(byte \d+\); save it as UTF-8"):
        read_texts(write(tmp_path / "meta.csv", "video_id;texto\na;mañana\n", "latin-1"))


def test_a_long_table_in_latin_1_is_no_crash_either(tmp_path: Path) -> None:
    rows = "".join(f"clip{number};hola\n" for number in range(20_000))
    with pytest.raises(DataError, match="is not UTF-8"):
        read_texts(write(tmp_path / "meta.csv", f"video_id;texto\n{rows}z;mañana\n", "latin-1"))


@pytest.mark.parametrize("labels", ["3 1 2", "3,1,2", "[3, 1, 2]"])
def test_glosses_pair_tokens_with_labels(tmp_path: Path, labels: str) -> None:
    path = write(tmp_path / "gloss.csv", f'video_id;gloss;ctc_labels\n007;YO IR MAÑANA;"{labels}"\n')
    assert read_glosses(path) == {"007": Gloss(("YO", "IR", "MAÑANA"), (3, 1, 2))}


def test_a_clip_may_have_no_gloss(tmp_path: Path) -> None:
    assert read_glosses(write(tmp_path / "gloss.csv", "video_id;gloss;ctc_labels\na;;\n")) == {
        "a": Gloss((), ())
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a;YO;uno", 'gloss.csv line 2: ctc_labels "uno" are not whole numbers'),
        ("a;YO;0", "gloss.csv line 2: label 0 is the CTC blank; number the glosses from 1"),
        ("a;YO IR;1", "gloss.csv line 2: 2 glosses but 1 labels"),
        ("a;YO;-1", 'gloss.csv line 2: ctc_labels "-1" are not whole numbers'),
        ("a;YO;99999999999", "is too large"),
    ],
)
def test_wrong_glosses_say_where_and_what_to_do(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_glosses(write(tmp_path / "gloss.csv", f"video_id;gloss;ctc_labels\n{row}\n"))
    assert message in str(caught.value)


def test_gloss_names_are_indexed_by_label_and_begin_with_the_blank() -> None:
    glosses = {"a": Gloss(("YO", "IR"), (3, 1)), "b": Gloss(("IR",), (1,))}
    assert gloss_names(glosses) == [BLANK, "IR", "<2>", "YO"]


def test_one_label_for_two_glosses_is_an_error() -> None:
    with pytest.raises(DataError, match='label 1 is "IR" and, in "b", "VENIR"'):
        gloss_names({"a": Gloss(("IR",), (1,)), "b": Gloss(("VENIR",), (1,))})


def test_a_field_with_an_unquoted_separator_is_refused_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "meta.csv"
    path.write_text("video_id;texto\na;hola; que tal\n")
    with pytest.raises(DataError, match=r"meta\.csv line 2: 3 fields, 2 expected; quote a field with ;"):
        read_texts(path)


def test_surplus_separators_at_the_end_of_a_line_hold_nothing(tmp_path: Path) -> None:
    path = tmp_path / "meta.csv"
    path.write_text("video_id;texto\na;hola;;\n")
    assert read_texts(path) == {"a": "hola"}


def test_a_further_column_is_read_where_the_table_has_one(tmp_path: Path) -> None:
    meta = write(tmp_path / "meta.csv", "video_id;texto;fps\n007;uno; 25 \n008;dos;\n")
    assert read_column(meta, "fps") == {"007": "25"}
    assert read_column(meta, "split") == {}
