"""Scores of translations: character and word error rates, BLEU and chrF over a corpus, gloss error rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import jiwer
from sacrebleu.metrics import BLEU, CHRF

from slt_engine.evaluate.decode import Translation

BLEU_ORDER = 4
TEXT_SCORES = ("cer", "wer", "bleu", "chrf")


@dataclass(frozen=True)
class Scores:
    """``values`` by name, None where a score is not defined; ``signatures`` say how BLEU and chrF were computed."""

    values: dict[str, float | None]
    signatures: dict[str, str]


def score(translations: Sequence[Translation]) -> Scores:
    """``cer``, ``wer`` and ``gloss_wer`` as fractions (they may pass 1), ``bleu`` and ``chrf`` from 0 to 100.

    All are over the corpus: errors of all clips over the length of all references. ``bleu`` is None where no
    reference is four words long, ``gloss_wer`` where no clip has glosses, the others where the model wrote no text.
    """
    assert translations, "a score needs a translation"
    glosses = {"gloss_wer": gloss_error_rate((t.gloss_reference, t.gloss_hypothesis) for t in translations)}
    texts = [(t.reference, t.hypothesis) for t in translations if t.hypothesis is not None]
    if not texts:
        return Scores({**dict.fromkeys(TEXT_SCORES), **glosses}, {})
    references, hypotheses = zip(*texts, strict=True)
    return _score_texts(references, hypotheses, glosses)


def _score_texts(
    references: Sequence[str], hypotheses: Sequence[str], glosses: Mapping[str, float | None]
) -> Scores:
    bleu, chrf = BLEU(max_ngram_order=BLEU_ORDER), CHRF()
    bleu_score = float(bleu.corpus_score(hypotheses, [references]).score)
    values = {
        "cer": float(jiwer.process_characters(list(references), list(hypotheses)).cer),
        "wer": float(jiwer.process_words(list(references), list(hypotheses)).wer),
        "bleu": bleu_score if any(len(text.split()) >= BLEU_ORDER for text in references) else None,
        "chrf": float(chrf.corpus_score(hypotheses, [references]).score),
        **glosses,
    }
    return Scores(values, {"bleu": str(bleu.get_signature()), "chrf": str(chrf.get_signature())})


def gloss_error_rate(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> float | None:
    """Edit distance over glosses, of the clips that have a reference; a gloss may hold spaces."""
    judged = [(reference, hypothesis) for reference, hypothesis in pairs if reference]
    if not judged:
        return None
    numbers: dict[str, str] = {}
    references, hypotheses = (
        [" ".join(numbers.setdefault(gloss, str(len(numbers))) for gloss in glosses) for glosses in side]
        for side in zip(*judged, strict=True)
    )
    return float(jiwer.process_words(references, hypotheses).wer)
