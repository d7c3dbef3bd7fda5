"""Every setting of the augmentation reaches a training batch, and the streams that it says, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from torch import Tensor

from slt_engine.batch import Batch
from slt_engine.config import Config
from slt_engine.data.dataset import ClipDataset
from slt_engine.data.loader import batches
from slt_engine.data.splits import open_data
from slt_engine.opening import training_changes
from tests.engine.data.tiny import build_tiny
from tests.support.settings import config_with

TURN = {"data.keypoint_rotate_range": "20,30"}
SHRINK = {"data.keypoint_scale_range": "0.5,0.6"}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> ClipDataset:
    """Nine clips with keypoints and pose, of 5 to 30 frames, read at 16 at most."""
    tiny = build_tiny(tmp_path_factory.mktemp("tiny"))
    return open_data(
        tiny.source(),
        train_index=tiny.train,
        val_index=tiny.val,
        tokenizer=None,
        vocab_size=300,
        characters=True,
        seed=0,
    ).train


def read(dataset: ClipDataset, config: Config, *, epoch: int = 1) -> Batch:
    """All clips in one batch."""
    plan = (tuple(range(len(dataset))),)
    (batch,) = batches(dataset, plan, changes=training_changes(config, epoch=epoch))
    return batch


def changed(one: Batch, other: Batch) -> set[str]:
    """The names of the tensors in which two batches differ."""
    return {name for name in vars(one) if not _same(getattr(one, name), getattr(other, name))}


def _same(one: object, other: object) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return one.shape == other.shape and bool((one == other).all())
    return one == other


POINTS = {"keypoints_BTJC"}
EVERYTHING = {"frames_BT", "keypoints_BTJC", "keypoints_mask_BTJ", "pose_BTPC", "pose_mask_BTP"}


@pytest.mark.parametrize(
    ("settings", "streams"),
    [
        ({}, set()),
        (SHRINK, POINTS),
        ({"data.keypoint_translate_range": "0.1,0.2"}, POINTS),
        (TURN, POINTS),
        ({"data.keypoint_resample_range": "0.3,0.5"}, EVERYTHING),
        ({"data.flip_probability": 1}, {"keypoints_BTJC", "pose_BTPC"}),
        ({"data.mix_streams": "pose"}, {"frames_BT", "pose_BTPC", "pose_mask_BTP"}),
    ],
)
def test_a_setting_changes_its_streams_alone(
    dataset: ClipDataset, settings: Mapping[str, Any], streams: set[str]
) -> None:
    assert changed(read(dataset, config_with()), read(dataset, config_with(settings))) == streams


@pytest.mark.parametrize("settings", [SHRINK, TURN])
def test_without_the_centre_the_corner_stays_where_it_is(
    dataset: ClipDataset, settings: Mapping[str, Any]
) -> None:
    about_corner = {**settings, "data.keypoint_normalize_center": False}
    centred, cornered = (read(dataset, config_with(values)) for values in (settings, about_corner))
    assert changed(centred, cornered) == POINTS
    assert centred.keypoints_BTJC is not None
    assert cornered.keypoints_BTJC is not None
    found_BTJ = centred.keypoints_mask_BTJ
    apart_BTJ2 = (centred.keypoints_BTJC - cornered.keypoints_BTJC)[..., :2]
    for clip, frames_T in enumerate(centred.frames_BT):
        shifts_N2 = apart_BTJ2[clip, frames_T][found_BTJ[clip, frames_T]].numpy()  # type: ignore[index]
        assert np.allclose(shifts_N2, shifts_N2[0], atol=1e-5), "the two differ by a shift of the whole clip"


def test_the_seed_and_the_epoch_decide(dataset: ClipDataset) -> None:
    config = config_with({**TURN, "data.flip_probability": 0.5, "data.mix_streams": "pose:0.5"})
    other = config.model_copy(update={"training": config.training.model_copy(update={"seed": 7})})
    assert changed(read(dataset, config), read(dataset, config)) == set()
    assert "keypoints_BTJC" in changed(read(dataset, config), read(dataset, config, epoch=2))
    assert "keypoints_BTJC" in changed(read(dataset, config), read(dataset, other))


def test_a_negative_seed_is_a_seed_like_any_other(dataset: ClipDataset) -> None:
    one, other = (read(dataset, config_with({**TURN, "training.seed": seed})) for seed in (-1, -2))
    assert changed(one, other) == POINTS


def test_a_frame_budget_holds_for_clips_that_are_made_longer(dataset: ClipDataset) -> None:
    changes = training_changes(config_with({"data.keypoint_resample_range": "1.5,2"}), epoch=1)
    lengths = changes.lengths(dataset)
    assert max(lengths) == 16
    assert sum(lengths) > sum(dataset.lengths)
    read_lengths = read(dataset, config_with({"data.keypoint_resample_range": "1.5,2"})).frames_BT.sum(1)
    assert tuple(read_lengths.tolist()) == lengths


def test_a_changed_batch_keeps_its_texts_and_labels(dataset: ClipDataset) -> None:
    plain = read(dataset, config_with())
    mixed = read(dataset, config_with({"data.mix_streams": "pose", "data.flip_probability": 1}))
    assert not changed(plain, mixed) & {"clip_ids", "texts", "labels_BL", "glosses_BG", "gloss_lengths_B"}
