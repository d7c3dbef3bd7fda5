"""Every flag has a test that shows what it does: a changed output, loss, file or error, not only that it parses.

effects.tsv is written by hand: a flag and the test that fails where nothing reads it.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from slt_engine.config import knobs_by_key
from slt_engine.config.reference import TYPED_ONLY

ROOT = Path(__file__).parents[2]
ROWS = [
    line.split("\t")
    for line in (ROOT / "tests/contract/effects.tsv").read_text(encoding="utf-8").splitlines()[1:]
]


@cache
def names_in(path: str) -> frozenset[str]:
    """The functions of a test file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def spelling(flag: str) -> str:
    """The flag as one turns it on."""
    return flag.partition("/")[0]


def test_every_flag_has_a_test_of_its_effect() -> None:
    flags = [knob.flag for knob in knobs_by_key().values()] + [row["flag"] for row in TYPED_ONLY]
    assert sorted(spelling(flag) for flag, _ in ROWS) == sorted(map(spelling, flags))


def test_every_test_that_is_named_is_there() -> None:
    assert [test for _, test in ROWS if test.split("::")[1] not in names_in(test.split("::")[0])] == []
