"""Frozen backbones' features: computed once, the same whatever they are computed with, in place of crops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from slt_engine.batch import Batch
from slt_engine.data.collate import collate
from slt_engine.data.dataset import ClipDataset, View
from slt_engine.data.splits import open_data
from slt_engine.features import feature_caches, with_features
from slt_engine.model.translator import SignTranslator
from tests.engine.data.tiny import Tiny, build_tiny, draw_crops
from tests.engine.model.small_frames import SIZE, frames_translator, small_frames

STREAMS = ("face", "hand_left", "hand_right")


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return build_tiny(tmp_path / "data")


@pytest.fixture
def clips(tiny: Tiny) -> ClipDataset:
    source = draw_crops(tiny, *STREAMS, size=SIZE)
    source = type(source)(**{**vars(source), "image_size": SIZE})
    for path in tiny.crops("face").glob("002_f*.jpg"):
        path.unlink()
    return open_data(
        source,
        train_index=tiny.train,
        val_index=tiny.val,
        tokenizer=None,
        vocab_size=400,
        characters=True,
        seed=0,
    ).train


@pytest.fixture(params=["tiny", "dinov2"])
def model(request: pytest.FixtureRequest) -> SignTranslator:
    torch.manual_seed(0)
    return frames_translator(small_frames(STREAMS, backbone=request.param, frozen=STREAMS))


def cached(clips: ClipDataset, model: SignTranslator, home: Path | None) -> ClipDataset:
    return clips.with_features(feature_caches(model, home=home, warn=pytest.fail))


def batch_of(clips: ClipDataset, *positions: int) -> Batch:
    return collate([clips[position] for position in positions])


def test_features_say_what_the_backbone_says_of_the_crops(clips: ClipDataset, model: SignTranslator) -> None:
    plain, computed = batch_of(clips, 0, 1), with_features(model, batch_of(cached(clips, model, None), 0, 1))

    assert computed.crops_BTHWC == {}
    assert computed.uncomputed == ()
    for stream in STREAMS:
        said_BTF = model.frame_features(stream, plain.crops_BTHWC[stream], plain.crops_mask_BT[stream])
        assert torch.equal(computed.crops_mask_BT[stream], plain.crops_mask_BT[stream])
        torch.testing.assert_close(computed.features_BTF[stream], said_BTF, atol=2e-3, rtol=2e-3)


def test_mixed_precision_around_them_changes_no_feature(clips: ClipDataset, model: SignTranslator) -> None:
    plain = with_features(model, batch_of(cached(clips, model, None), 0, 1))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = with_features(model, batch_of(cached(clips, model, None), 0, 1))

    for stream in STREAMS:
        assert torch.equal(mixed.features_BTF[stream], plain.features_BTF[stream])


def test_what_was_kept_is_read_and_no_crop_is_decoded(
    clips: ClipDataset, model: SignTranslator, tiny: Tiny, tmp_path: Path
) -> None:
    reading = cached(clips, model, tmp_path / "cache")
    first = with_features(model, batch_of(reading, 0, 1))
    for stream in STREAMS:
        for path in tiny.crops(stream).iterdir():
            path.write_bytes(b"nobody reads this")
    second = batch_of(reading, 0, 1)

    assert second.uncomputed == ()
    for stream in STREAMS:
        assert torch.equal(first.features_BTF[stream], second.features_BTF[stream])


def test_a_clip_s_features_are_the_same_bits_in_any_company(
    clips: ClipDataset, model: SignTranslator, tmp_path: Path
) -> None:
    alone = with_features(model, batch_of(cached(clips, model, None), 1))
    with_features(model, batch_of(cached(clips, model, tmp_path / "cache"), 0, 1, 2, 3))
    kept = batch_of(cached(clips, model, tmp_path / "cache"), 1)

    assert kept.uncomputed == ()
    for stream in STREAMS:
        assert torch.equal(alone.features_BTF[stream], kept.features_BTF[stream])


def test_a_clip_without_the_stream_stays_masked(clips: ClipDataset, model: SignTranslator) -> None:
    reading = cached(clips, model, None)
    together, alone = (with_features(model, batch_of(reading, *positions)) for positions in ((2, 0), (2,)))

    assert not together.crops_mask_BT["face"][0].any()
    assert not together.features_BTF["face"][0].any()
    assert together.features_BTF["face"][1].any()
    assert "face" not in alone.features_BTF
    assert "face" not in alone.crops_mask_BT
    assert torch.isfinite(model.encode(alone).states_BTD).all()


def test_other_frames_of_a_clip_are_computed_beside_those_that_are_known(
    clips: ClipDataset, model: SignTranslator, tmp_path: Path
) -> None:
    reading, stretched = cached(clips, model, tmp_path / "cache"), View(stretch=0.7)
    with_features(model, batch_of(reading, 0))
    mixed = with_features(model, collate([reading.view(0, stretched)]))
    fresh = with_features(model, collate([cached(clips, model, None).view(0, stretched)]))

    assert reading.view(0, stretched).uncached == {}
    for stream in STREAMS:
        assert torch.equal(mixed.features_BTF[stream], fresh.features_BTF[stream])


def test_a_mirrored_clip_has_features_of_its_own(
    clips: ClipDataset, model: SignTranslator, tmp_path: Path
) -> None:
    reading, mirror = cached(clips, model, tmp_path / "cache"), View(flipped=True)
    plain = with_features(model, batch_of(reading, 0))
    mirrored = with_features(model, collate([reading.view(0, mirror)]))
    again = collate([reading.view(0, mirror)])

    assert again.uncomputed == ()
    for stream in STREAMS:
        assert torch.equal(mirrored.features_BTF[stream], again.features_BTF[stream])
        assert not torch.equal(mirrored.features_BTF[stream], plain.features_BTF[stream])


def test_features_of_crops_that_changed_are_computed_anew(
    clips: ClipDataset, model: SignTranslator, tiny: Tiny, tmp_path: Path
) -> None:
    with_features(model, batch_of(cached(clips, model, tmp_path / "cache"), 0))
    path = tiny.crops("face") / "000_f000000.jpg"
    path.write_bytes(path.read_bytes() + b"\0")

    changed = {part.stream for part in batch_of(cached(clips, model, tmp_path / "cache"), 0).uncomputed}

    assert changed == {"face"}


def test_other_weights_read_no_features_of_these(
    clips: ClipDataset, model: SignTranslator, tmp_path: Path
) -> None:
    with_features(model, batch_of(cached(clips, model, tmp_path / "cache"), 0))
    assert model.frames is not None
    with torch.no_grad():
        next(model.frames.backbones.parameters()).add_(1)

    assert batch_of(cached(clips, model, tmp_path / "cache"), 0).uncomputed != ()


def test_a_batch_without_clips_leaves_the_cache_right(
    clips: ClipDataset, model: SignTranslator, tmp_path: Path
) -> None:
    reading = cached(clips, model, tmp_path / "cache")
    with_features(model, batch_of(reading, 0).without_clips())
    fresh = with_features(model, batch_of(cached(clips, model, None), 0))

    np.testing.assert_array_equal(batch_of(reading, 0).features_BTF["face"], fresh.features_BTF["face"])
