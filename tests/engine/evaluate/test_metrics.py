"""Scores of translations: known values, corpus level, and what is not defined."""

from __future__ import annotations

import pytest

from slt_engine.evaluate.decode import Translation
from slt_engine.evaluate.metrics import score


def said(reference: str, hypothesis: str, glosses: str = "", recognised: str = "") -> Translation:
    return Translation("clip", reference, hypothesis, tuple(glosses.split()), tuple(recognised.split()))


def test_a_perfect_translation_has_no_errors_and_full_marks() -> None:
    values = score([said("el niño come pan hoy", "el niño come pan hoy", "NIÑO COMER", "NIÑO COMER")]).values

    assert values == pytest.approx({"cer": 0.0, "wer": 0.0, "bleu": 100.0, "chrf": 100.0, "gloss_wer": 0.0})


def test_error_rates_count_the_corpus_and_not_the_mean_of_its_clips() -> None:
    values = score([said("abcdefgh ij", "abcdefgh ij"), said("a", "b")]).values

    assert values["cer"] == pytest.approx(1 / 12)
    assert values["wer"] == pytest.approx(1 / 3)


def test_an_error_rate_may_pass_one() -> None:
    assert score([said("a", "xyz")]).values["cer"] == 3.0


def test_an_empty_hypothesis_and_an_empty_reference_are_scored() -> None:
    values = score([said("hola", ""), said("", "ab")]).values

    assert values["cer"] == pytest.approx(6 / 4)
    assert values["wer"] == pytest.approx(2 / 1)


def test_bleu_is_not_defined_where_no_reference_has_four_words() -> None:
    assert score([said("hola", "hola")]).values["bleu"] is None
    assert score([said("hola", "hola"), said("uno dos tres cuatro", "")]).values["bleu"] == 0.0


def test_the_gloss_error_rate_judges_the_clips_that_have_glosses() -> None:
    values = score([said("a", "a", "A B C", "A X C D"), said("b", "b", "", "Z")]).values

    assert values["gloss_wer"] == pytest.approx(2 / 3)
    assert score([said("a", "a")]).values["gloss_wer"] is None


def test_a_gloss_with_a_space_is_one_gloss() -> None:
    one = Translation("clip", "a", "a", ("BUENOS DÍAS", "TÚ"), ("BUENOS NOCHES", "TÚ"))

    assert score([one]).values["gloss_wer"] == 0.5


def test_the_signatures_say_how_bleu_and_chrf_were_computed() -> None:
    signatures = score([said("a", "a")]).signatures

    assert "tok:13a" in signatures["bleu"]
    assert "nc:6" in signatures["chrf"]
