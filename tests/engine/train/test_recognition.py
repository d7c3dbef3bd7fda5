"""A run for glosses alone: no text is written, the best epoch is that with the fewest wrong glosses."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.checkpoint import load_checkpoint
from slt_engine.model.decoder import TextDecoder
from slt_engine.train.run import train
from tests.support.runs import epochs_of, make_run
from tests.support.settings import KEYPOINTS, problems_with

RECOGNITION = (
    "model.mska_translation_weight=0",
    "model.mska_ctc_weight=1",
    "model.mska_distillation_weight=1",
    "training.best_metric=wer",
    "training.epochs=2",
)
ENCODERS = {
    "conv": (),
    "paper": ("model.mska_encoder=paper", "model.mska_temporal_blocks=2", "model.mska_stream_heads=2"),
}


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("the decoder must not work")


@pytest.mark.parametrize("encoder", ENCODERS)
def test_glosses_are_trained_decoded_and_scored_without_the_decoder(
    encoder: str, synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TextDecoder, "forward", refuse)
    monkeypatch.setattr(TextDecoder, "generate", refuse)
    run = make_run(tmp_path / "run", synthetic, *RECOGNITION, *ENCODERS[encoder])

    assert train(run.path, resume=False) == 0

    rows = epochs_of(run)
    best = min(row["val"]["gloss_wer"] for row in rows)
    assert load_checkpoint(run.best)["best"]["value"] == best
    assert rows[0]["best"]["metric"] == "gloss_wer"
    for row in rows:
        assert [row["val"][name] for name in ("cer", "wer", "bleu", "chrf")] == [None] * 4
        assert row["loss_translation"] == 0
        assert row["loss"] == pytest.approx(row["loss_ctc_weighted"] + row["loss_distillation_weighted"])
    assert rows[-1]["loss_ctc"] < rows[0]["loss_ctc"]


def test_a_score_of_texts_cannot_choose_the_best_of_a_run_without_any() -> None:
    told = problems_with(
        {
            **KEYPOINTS,
            "model.mska_translation_weight": 0,
            "model.mska_ctc_weight": 1,
            "training.best_metric": "chrf",
        }
    )
    assert any("chrf is scored on texts, and mska_translation_weight 0 writes none" in text for text in told)
