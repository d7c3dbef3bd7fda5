"""The demo's raw material, in installed packages: recordings of single letters and lists of Spanish words.

The packages are data to us: their folders are found without importing them, and nothing of their code runs.
"""

from __future__ import annotations

import ast
import csv
import importlib.util
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from slt_engine.clips.errors import DataError

SHORTEST, LONGEST = 3, 9
SPANISH_LETTERS = frozenset("abcdefghijklmnñopqrstuvwxyz")
ACUTE, DIAERESIS = "\u0301", "\u0308"


def read_lexicon() -> dict[str, dict[str, Path]]:
    """Alphabet -> letter in lower case -> its recording, from spoken-to-signed's index.

    Entries of several letters (``LL``, ``RR``, ``SCH``) are left out: words are spelled letter by letter.
    """
    folder = (
        package_folder("spoken_to_signed", distribution="spoken-to-signed") / "assets/fingerspelling_lexicon"
    )
    lexicon: dict[str, dict[str, Path]] = {}
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            letter = unicodedata.normalize("NFC", row["words"]).lower()
            if len(letter) == 1:
                lexicon.setdefault(row["signed_language"], {}).setdefault(letter, folder / row["path"])
    return lexicon


def check_alphabets(
    lexicon: Mapping[str, Mapping[str, Path]], *, trained: Iterable[str], unseen: str
) -> None:
    """Raise DataError for an alphabet that does not exist, or an unseen one that shares recordings."""
    trained = tuple(trained)
    for name in (*trained, unseen):
        if name not in lexicon:
            raise DataError(
                f'alphabet "{name}" is not in the lexicon: choose among {", ".join(sorted(lexicon))}'
            )
    known = {path for name in trained for path in lexicon[name].values()}
    shared = known.intersection(lexicon[unseen].values())
    if shared:
        raise DataError(
            f'alphabet "{unseen}" shares {len(shared)} recordings with {", ".join(trained)}: choose another'
        )


def spanish_words() -> list[str]:
    """Every word of the two lists that has 3 to 9 Spanish letters: lower case, without accents, sorted."""
    folded = {without_accents(word) for word in (*_mnemonic_words(), *_frequent_words())}
    return sorted(
        word for word in folded if SHORTEST <= len(word) <= LONGEST and SPANISH_LETTERS.issuperset(word)
    )


def without_accents(word: str) -> str:
    """``á`` becomes ``a`` and ``ü`` becomes ``u``; ``ñ`` is a letter of its own and stays.

    These alphabets have no sign for an accent, so a text with accents could not be read from the signing.
    """
    marks = str.maketrans("", "", ACUTE + DIAERESIS)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word.strip().lower()).translate(marks))


def package_folder(module: str, *, distribution: str) -> Path:
    """The installed package's folder, found without importing it."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise DataError(f"the package {distribution} is missing: pip install 'slt-workbench[demo]'")
    return Path(next(iter(spec.submodule_search_locations)))


def _mnemonic_words() -> list[str]:
    folder = package_folder("mnemonic", distribution="mnemonic")
    return (folder / "wordlist/spanish.txt").read_text(encoding="utf-8").split()


def _frequent_words() -> tuple[str, ...]:
    """Faker's list of the most frequent forms of Spanish, read from the source text of ``word_list``."""
    path = package_folder("faker", distribution="Faker") / "providers/lorem/es_ES/__init__.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "word_list" for t in node.targets
        ):
            return tuple(ast.literal_eval(node.value))
    raise DataError(f"{path} has no word_list: install the Faker version that slt-workbench[demo] names")
