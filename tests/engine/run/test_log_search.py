"""A log is searched as people see it: clean lines, both ways, small letters meaning capitals too."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.run import log_search
from slt_engine.run.log_search import Match, search_down, search_up


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.log"


def down(path: Path, text: str, begin: int = 0, end: int | None = None) -> list[tuple[int, str]]:
    found = [match for match in search_down(path, text, begin, end) if isinstance(match, Match)]
    return [(match.number, match.line.text) for match in found]


def up(path: Path, text: str, end: int) -> list[str]:
    return [line.text for line in search_up(path, text, end) if not isinstance(line, int)]


def test_every_matching_line_comes_once_with_its_number(path: Path) -> None:
    path.write_text("an error and an error\nfine\nerror\nno end: error")
    assert down(path, "error") == [(1, "an error and an error"), (3, "error"), (4, "no end: error")]
    assert up(path, "error", 10_000) == ["no end: error", "error", "an error and an error"]


def test_small_letters_mean_capitals_too_and_capitals_themselves(path: Path) -> None:
    path.write_text("Error\nerror\nERROR\nÉPOCA\népoca\n")
    assert len(down(path, "error")) == 3
    assert down(path, "Error") == [(1, "Error")]
    assert len(down(path, "época")) == 2
    assert up(path, "Época", 10_000) == []


def test_what_cannot_be_seen_is_not_found(path: Path) -> None:
    path.write_bytes(b"\x1b[31mred\x1b[0m\nlost 10 %\rdone\n")
    assert down(path, "31m") == []
    assert down(path, "lost") == []
    assert down(path, "red") == [(1, "red")]


def test_a_search_goes_on_from_where_one_stands(path: Path) -> None:
    path.write_text("aa\nab\nba\nbb\n")
    assert down(path, "a", begin=3) == [(1, "ab"), (2, "ba")]
    assert down(path, "a", begin=3, end=6) == [(1, "ab")]
    assert up(path, "a", 6) == ["ab", "aa"]


def test_a_file_that_is_missing_or_a_text_that_is_empty_finds_nothing(path: Path) -> None:
    assert down(path, "a") == []
    assert up(path, "a", 100) == []
    path.write_text("aa\n")
    assert down(path, "") == []


@given(
    st.lists(st.sampled_from(["a", "needle", "xneedlex", "", "nee", "Needle"]), max_size=30),
    st.integers(8, 40),
)
def test_no_match_is_lost_between_blocks(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], block: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "console.log"
    path.write_text("\n".join(lines))
    expected = [(number, line) for number, line in enumerate(lines, 1) if "needle" in line.lower()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_search, "_BLOCK", block)
        assert down(path, "needle") == expected
        assert up(path, "needle", 10_000) == [line for _, line in reversed(expected)]


def test_a_match_in_a_very_long_line_names_its_piece(path: Path) -> None:
    path.write_bytes(b"x" * (log_search.LONGEST + 10) + b" needle\nend\n")
    (match,) = (found for found in search_down(path, "needle") if isinstance(found, Match))
    assert match.line.begin == log_search.LONGEST
