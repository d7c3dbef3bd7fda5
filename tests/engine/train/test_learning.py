"""The demo preset learns real fingerspelling, with either decoder: trained as `slt demo` trains it, scored on its test
words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slt_engine.config import (
    config_document,
    describe_origin,
    load_config_document,
    preset_layer,
    resolve,
    set_layers,
)
from slt_engine.run.directory import RunDir
from tests.support.runs import ENGINE

pytestmark = pytest.mark.slow

TRAINING = {**os.environ, "OMP_NUM_THREADS": "2"}


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real data set, built as `slt data demo` builds it."""
    for package in ("spoken_to_signed", "mnemonic", "faker"):
        pytest.importorskip(package, reason="needs the recordings: pip install 'slt-workbench[demo]'")
    out = tmp_path_factory.mktemp("words") / "demo"
    subprocess.run([*ENGINE, "demo-data", str(out)], check=True)
    return out


def train_and_score(words: Path, work_dir: Path, *pairs: str) -> Mapping[str, Any]:
    layers = [
        preset_layer("demo"),
        load_config_document(words / "demo.yaml"),
        *set_layers([f"data.work_dir={work_dir}", *pairs]),
    ]
    resolved = resolve(layers)
    document = config_document(resolved, describe_origin("test", resolved.config))
    run = RunDir.create(work_dir, document, resolved.files)
    subprocess.run([*ENGINE, "train", str(run.path)], check=True, env=TRAINING)
    index = words / "index" / "test.csv"
    subprocess.run([*ENGINE, "evaluate", str(run.path), "--index", str(index)], check=True, env=TRAINING)
    report: Mapping[str, Any] = json.loads((run.evals / "test.json").read_text())
    print(report["scores"], file=sys.stderr)
    return dict(report["scores"])


def test_the_demo_reads_words_that_it_was_never_trained_on(words: Path, tmp_path: Path) -> None:
    scores = train_and_score(words, tmp_path / "bart")
    assert scores["cer"] <= 0.05
    assert scores["gloss_wer"] <= 0.04


def test_a_small_t5_from_scratch_learns_them_too(words: Path, tmp_path: Path) -> None:
    scores = train_and_score(words, tmp_path / "t5", 'model.decoder_kwargs={"model_type": "t5"}')
    assert scores["cer"] <= 0.15
