"""A best metric that the decoded clips do not define is refused before the first step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slt_engine.clips.errors import DataError
from slt_engine.config import Config, config_from_document
from slt_engine.data.dataset import ClipDataset
from slt_engine.opening import open_run_data
from slt_engine.reporter import Reporter
from slt_engine.train.best_metric import check_best_metric
from slt_engine.train.prepare import prepare
from tests.support.runs import make_run

RECOGNITION = ("model.mska_translation_weight=0", "model.mska_ctc_weight=1", "training.best_metric=wer")


def opened(place: Path, synthetic: Path, *pairs: str) -> tuple[Config, ClipDataset]:
    """A run's settings and its validation clips."""
    run = make_run(place, synthetic, *pairs)
    config = config_from_document(run.read_config())
    return config, open_run_data(config, run).val


def test_errors_of_glosses_need_clips_that_have_some(synthetic: Path, tmp_path: Path) -> None:
    config, val = opened(tmp_path / "run", synthetic, *RECOGNITION)
    check_best_metric(config, val)
    val.clips = tuple(replace(clip, glosses=()) for clip in val.clips)
    with pytest.raises(
        DataError, match=r"best_metric wer: of the \d clips .* no clip has glosses.*choose loss"
    ):
        check_best_metric(config, val)


def test_bleu_needs_a_text_of_four_words(synthetic: Path, tmp_path: Path) -> None:
    config, val = opened(tmp_path / "run", synthetic, "training.best_metric=bleu")
    val.clips = tuple(replace(clip, text="one two three four") for clip in val.clips)
    check_best_metric(config, val)
    val.clips = tuple(replace(clip, text="one two three") for clip in val.clips)
    with pytest.raises(DataError, match=r"best_metric bleu: .* no text has 4 words.*choose chrf, cer or wer"):
        check_best_metric(config, val)


def test_only_the_clips_that_are_decoded_are_asked(
    synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later clips would define the score, and nobody decodes them."""
    run = make_run(tmp_path / "run", synthetic, *RECOGNITION, "training.decode_clips=1")
    splits = open_run_data(config_from_document(run.read_config()), run)
    first, *others = splits.val.clips
    splits.val.clips = (replace(first, glosses=()), *others)
    monkeypatch.setattr("slt_engine.train.prepare.open_run_data", lambda *_: splits)
    with Reporter(run) as reporter, pytest.raises(DataError, match="of the 1 clips"):
        prepare(run, reporter)
