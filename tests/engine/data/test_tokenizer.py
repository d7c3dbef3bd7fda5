"""Tokenizers trained on texts: exact both ways, the same every time, at home in a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import MBartTokenizer, PreTrainedTokenizerFast

from slt_engine.clips.errors import DataError
from slt_engine.data.tokenizer import encode_labels, load_tokenizer, train_tokenizer

SPANISH = "¿Qué mañana, señor?  ¡Sí!"
TEXTS = [SPANISH, "hola amigo", "el niño come una manzana", "mañana vamos a casa", "¡adiós, señora!"] * 3


@pytest.fixture(scope="module", params=["unigram", "characters"])
def tokenizer(request: pytest.FixtureRequest) -> PreTrainedTokenizerFast:
    return train_tokenizer(TEXTS, vocab_size=400, characters=request.param == "characters")


def round_trip(tokenizer: PreTrainedTokenizerFast, text: str) -> str:
    return str(tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True))


@pytest.mark.parametrize(
    "text",
    [
        SPANISH,
        "",
        " ",
        "  dos  espacios al principio y al final  ",
        "línea\notra\tcon tabulador\r\n",
        "漢字 y 😀👩‍👩‍👧 nunca vistos",
        "a\u0301 descompuesta",
        "<0x41> </s> <pad> <unk> <s> no son marcas",
        "un ▁ de SentencePiece, un Ġ de GPT-2",
        "no , se . junta ' con n't",
        "\x00\x7f\x85\u2028\u200b\ufeff",
    ],
)
def test_a_text_comes_back_as_it_was(tokenizer: PreTrainedTokenizerFast, text: str) -> None:
    assert round_trip(tokenizer, text) == text


@settings(max_examples=300)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was(tokenizer: PreTrainedTokenizerFast, text: str) -> None:
    assert round_trip(tokenizer, text) == text


def test_special_tokens_have_their_numbers_and_an_encoding_ends(tokenizer: PreTrainedTokenizerFast) -> None:
    assert tokenizer.convert_tokens_to_ids(["<pad>", "</s>", "<unk>", "<s>"]) == [0, 1, 2, 3]
    assert (tokenizer.pad_token_id, tokenizer.eos_token_id) == (0, 1)
    ids = tokenizer(SPANISH)["input_ids"]
    assert ids[-1] == 1
    assert 2 not in ids
    assert 1 not in ids[:-1]


def test_ñ_and_the_inverted_marks_are_tokens_or_in_one(tokenizer: PreTrainedTokenizerFast) -> None:
    tokens = tokenizer.tokenize("¿ñ¡")
    assert "".join(tokens) == "¿ñ¡"


def test_characters_give_one_token_each() -> None:
    tokenizer = train_tokenizer(TEXTS, vocab_size=10, characters=True)
    assert tokenizer.tokenize(SPANISH) == list(SPANISH)
    assert len(tokenizer) == 4 + 256 + len(set("".join(TEXTS)))


def test_unigram_joins_what_often_stands_together_and_keeps_to_its_size() -> None:
    tokenizer = train_tokenizer(TEXTS, vocab_size=330, characters=False)
    assert len(tokenizer) <= 330
    assert len(tokenizer.tokenize("mañana")) < len("mañana")


@pytest.mark.parametrize("characters", [False, True])
def test_the_same_texts_in_any_order_and_process_make_the_same_tokenizer(characters: bool) -> None:
    def content(texts: list[str]) -> str:
        tokenizer = train_tokenizer(texts, vocab_size=330, characters=characters)
        return str(tokenizer.backend_tokenizer.to_str())

    script = (
        "import sys, json; from slt_engine.data.tokenizer import train_tokenizer as t;"
        f"k = t(json.loads(sys.argv[1]), vocab_size=330, characters={characters});"
        "sys.stdout.buffer.write(k.backend_tokenizer.to_str().encode())"
    )
    other = subprocess.run(
        [sys.executable, "-c", script, json.dumps(TEXTS)], capture_output=True, check=True
    ).stdout.decode()
    assert {content(TEXTS), content(TEXTS[::-1]), content(TEXTS), other} == {other}


def test_it_is_saved_to_a_folder_and_read_from_it_without_a_network(
    tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    tokenizer.save_pretrained(tmp_path)
    loaded = load_tokenizer(str(tmp_path), local_files_only=True)
    for text in (SPANISH, "漢字 😀", "</s><0x41>"):
        assert loaded(text)["input_ids"] == tokenizer(text)["input_ids"]
        assert round_trip(loaded, text) == text
    assert len(loaded) == len(tokenizer)


def test_labels_end_with_the_end_mark_and_long_ones_are_cut_before_it(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    whole = tokenizer(SPANISH)["input_ids"]
    cut, short = encode_labels(tokenizer, [SPANISH, "a"], max_length=5)
    assert cut == [*whole[:4], 1]
    assert short[-1] == 1
    assert len(short) == 2


def test_cutting_labels_leaves_no_trace_in_the_tokenizer(
    tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    encode_labels(tokenizer, [SPANISH], max_length=3)
    tokenizer.save_pretrained(tmp_path)
    assert json.loads((tmp_path / "tokenizer.json").read_text())["truncation"] is None
    assert len(tokenizer(SPANISH)["input_ids"]) > 3


def test_a_length_of_one_holds_the_end_mark_alone(tokenizer: PreTrainedTokenizerFast) -> None:
    assert encode_labels(tokenizer, [SPANISH], max_length=1) == [[1]]


def test_no_texts_make_no_labels(tokenizer: PreTrainedTokenizerFast) -> None:
    assert encode_labels(tokenizer, [], max_length=5) == []


def test_a_vocabulary_that_is_too_small_says_how_much_it_needs() -> None:
    needed = 260 + len(set("".join(TEXTS)))
    with pytest.raises(DataError, match=f"tokenizer_vocab_size {needed - 1} is too small: .* need {needed}"):
        train_tokenizer(TEXTS, vocab_size=needed - 1, characters=False)
    assert len(train_tokenizer(TEXTS, vocab_size=needed, characters=False)) == needed


def test_few_and_short_texts_make_a_tokenizer_too() -> None:
    for texts in (["a"], ["hola"], ["a", "a", "a"], ["  "]):
        tokenizer = train_tokenizer(texts, vocab_size=2000, characters=False)
        assert round_trip(tokenizer, texts[0]) == texts[0]


def test_empty_texts_make_no_tokenizer() -> None:
    with pytest.raises(DataError, match="the training texts are all empty"):
        train_tokenizer(["", ""], vocab_size=400, characters=False)


def test_a_tokenizer_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'tokenizer ".*nowhere" cannot be loaded \(.*\)') as caught:
        load_tokenizer(str(tmp_path / "nowhere"), local_files_only=True)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def mbart(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with an mBART tokenizer of a few letters."""
    folder = str(tmp_path_factory.mktemp("mbart"))
    letters = [(letter, -1.0) for letter in "▁abcdehilmnops"]
    MBartTokenizer(
        vocab=[("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *letters]
    ).save_pretrained(folder)
    return folder


def test_mbart_s_labels_end_with_its_end_mark_and_the_language_even_when_cut(mbart: str) -> None:
    tokenizer = load_tokenizer(mbart, local_files_only=True, language="es_XX")
    whole, cut = (encode_labels(tokenizer, ["hola"], max_length=length)[0] for length in (10, 4))
    assert tokenizer.convert_ids_to_tokens(whole) == ["▁", "h", "o", "l", "a", "</s>", "es_XX"]
    assert tokenizer.convert_ids_to_tokens(cut) == ["▁", "h", "</s>", "es_XX"]


def test_a_language_that_a_tokenizer_lacks_is_an_error(mbart: str) -> None:
    with pytest.raises(DataError, match='has no language "spanish"; write model'):
        load_tokenizer(mbart, local_files_only=True, language="spanish")
