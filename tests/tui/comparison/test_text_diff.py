"""A translation against its reference: what is marked in each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_tui.comparison.text_diff import diff_text, hypothesis_pieces, reference_pieces

TEXTS = st.text(st.sampled_from("ab cñ \n"), max_size=30)


def marks(reference: str, hypothesis: str) -> list[tuple[str, str, str]]:
    return [(span.kind, span.reference, span.hypothesis) for span in diff_text(reference, hypothesis)]


def test_sentences_are_compared_by_words() -> None:
    assert marks("la casa es roja", "la cosa era roja hoy") == [
        ("equal", "la", "la"),
        ("replace", "casa es", "cosa era"),
        ("equal", "roja", "roja"),
        ("insert", "", "hoy"),
    ]


def test_single_words_are_compared_by_characters() -> None:
    assert marks("guitarra", "gitara") == [
        ("equal", "g", "g"),
        ("delete", "u", ""),
        ("equal", "ita", "ita"),
        ("delete", "r", ""),
        ("equal", "ra", "ra"),
    ]


def test_what_is_missing_and_what_is_too_much_stand_on_their_own_side() -> None:
    spans = diff_text("mi casa azul", "mi azul hoy")
    assert reference_pieces(spans) == [
        ("mi", "equal"),
        (" ", "equal"),
        ("casa", "delete"),
        (" ", "equal"),
        ("azul", "equal"),
    ]
    assert hypothesis_pieces(spans)[-1] == ("hoy", "insert")


@pytest.mark.parametrize(("reference", "hypothesis"), [("", ""), (" ", "\n")])
def test_nothing_differs_from_nothing(reference: str, hypothesis: str) -> None:
    assert diff_text(reference, hypothesis) == []


def test_an_empty_translation_lacks_everything() -> None:
    assert marks("hola mundo", "") == [("delete", "hola mundo", "")]


@given(TEXTS, TEXTS)
def test_the_pieces_of_a_side_are_its_whole_text(reference: str, hypothesis: str) -> None:
    spans = diff_text(reference, hypothesis)
    for text, pieces in ((reference, reference_pieces(spans)), (hypothesis, hypothesis_pieces(spans))):
        assert "".join(piece.text for piece in pieces) == " ".join(text.split())
    equal = [span for span in spans if span.kind == "equal"]
    assert all(span.reference == span.hypothesis for span in equal)
