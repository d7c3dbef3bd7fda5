"""A frozen backbone's features: the first epoch, which computes them, against the second, which reads them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import torch

from slt_engine.config import Config
from slt_engine.data.batches import plan_batches
from slt_engine.data.loader import batches
from slt_engine.data.splits import Splits, open_data
from slt_engine.features import feature_caches, with_features
from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.build import build_model
from slt_engine.model.build_frames import outlined
from slt_engine.model.translator import SignTranslator
from tests.bench.figures import Figure, Figures
from tests.engine.data.tiny import build_tiny, draw_crops
from tests.support.settings import config_with

pytestmark = pytest.mark.bench

SIZE = 224
SETTINGS = {"data.pose_dir": None, "data.face_dir": "face", "model.freeze_face_backbone": True}


def open_clips(folder: Path) -> Splits:
    tiny = build_tiny(folder / "data", clips=7)
    source = draw_crops(tiny, "face", size=SIZE)
    return open_data(
        type(source)(**{**vars(source), "image_size": SIZE, "sequence_length": 32}),
        train_index=tiny.train,
        val_index=tiny.val,
        tokenizer=None,
        vocab_size=400,
        characters=True,
        seed=0,
    )


def build(config: Config, splits: Splits) -> SignTranslator:
    """DINOv2 ViT-S/14 at its size, with random weights; the rest as the settings have it by default."""
    return build_model(
        config,
        layout=None,
        tokenizer=splits.tokenizer,
        gloss_names=["<blank>"],
        notice=print,
        open_backbone=outlined,
    )


def train_an_epoch(model: SignTranslator, splits: Splits, config: Config) -> float:
    """Seconds of an epoch, everything counted."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-3)
    weights = LossWeights(
        translation=1.0, ctc=0.0, distillation=0.0, temperature=1.0, detach_teacher=True, label_smoothing=0.1
    )
    plan = plan_batches(splits.train.lengths, batch_size=config.data.batch_size)
    model.train()
    began = time.perf_counter()
    for batch in batches(splits.train, plan, num_workers=config.data.num_workers):
        there = with_features(model, batch)
        compute_losses(model(there), there, weights).total.backward()
        optimizer.step()
        optimizer.zero_grad()
    return time.perf_counter() - began


def test_an_epoch_from_the_cache(tmp_path: Path, figures: Figures) -> None:
    torch.set_num_threads(2)
    config, splits = config_with(SETTINGS), open_clips(tmp_path)
    model = build(config, splits)
    splits = splits.with_features(feature_caches(model, home=tmp_path / "cache", warn=pytest.fail))
    first_s = train_an_epoch(model, splits, config)
    later_s = min(train_an_epoch(model, splits, config) for _ in range(3))

    frames = sum(splits.train.lengths)
    what = f"epoch of {frames} frames from the cache, ViT-S/14 frozen"
    figures.hold(Figure(what, later_s * 1000, "ms", first_s * 1000 / 20, "its first epoch", first_s * 1000))
