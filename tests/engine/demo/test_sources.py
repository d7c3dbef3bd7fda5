"""The raw material: words, recordings, and packages that are only looked into."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from slt_engine.clips.errors import DataError
from slt_engine.demo import sources


@pytest.mark.parametrize(
    ("word", "folded"), [("Árbol", "arbol"), ("pingüino", "pinguino"), ("niño", "niño"), ("AÑO\n", "año")]
)
def test_a_text_loses_its_accents_but_not_its_ñ(word: str, folded: str) -> None:
    assert sources.without_accents(word) == folded


def test_ñ_in_two_code_points_becomes_one() -> None:
    assert sources.without_accents("nin\u0303o") == "niño"


@pytest.mark.usefixtures("installed")
def test_the_lists_give_enough_words_of_three_to_nine_letters() -> None:
    words = sources.spanish_words()
    assert len(words) >= 2_400
    assert {len(word) for word in words} == set(range(3, 10))
    assert words == sorted(set(words))
    assert any("ñ" in word for word in words)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("alphabet", ["ssp", "mfs", "ase"])
def test_each_alphabet_has_a_recording_for_every_letter(alphabet: str) -> None:
    letters = sources.read_lexicon()[alphabet]
    assert sources.SPANISH_LETTERS - {"ñ"} <= set(letters)
    assert all(path.is_file() for path in letters.values())


@pytest.mark.usefixtures("installed")
def test_an_unseen_alphabet_that_shares_recordings_is_refused() -> None:
    with pytest.raises(DataError, match='"fsl" shares 26 recordings'):
        sources.check_alphabets(sources.read_lexicon(), trained=("ssp", "ase"), unseen="fsl")


def test_an_alphabet_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(DataError, match='"xx" is not in the lexicon: choose among ase, ssp'):
        sources.check_alphabets({"ssp": {}, "ase": {}}, trained=("ssp", "xx"), unseen="ase")


def test_a_missing_package_is_one_line_that_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(DataError) as caught:
        sources.read_lexicon()
    assert str(caught.value) == "the package spoken-to-signed is missing: pip install 'slt-workbench[demo]'"


@pytest.mark.usefixtures("installed")
def test_no_package_is_imported_for_what_lies_in_it() -> None:
    code = (
        "import sys; from slt_engine.demo.sources import read_lexicon, spanish_words; read_lexicon(); "
        "spanish_words(); print({'spoken_to_signed', 'mnemonic', 'faker'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_another_version_of_a_word_list_is_said_to_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "providers/lorem/es_ES/__init__.py"
    source.parent.mkdir(parents=True)
    source.write_text("words = ()\n")
    (tmp_path / "wordlist").mkdir()
    (tmp_path / "wordlist/spanish.txt").write_text("abeja\n")
    monkeypatch.setattr(sources, "package_folder", lambda *_, **__: tmp_path)
    with pytest.raises(DataError, match="has no word_list"):
        sources.spanish_words()
