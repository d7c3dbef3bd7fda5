"""Batches of a training epoch: changed anew each epoch, and the same whoever reads them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from slt_engine.batch import Batch
from slt_engine.data.augment import Augmentation
from slt_engine.data.batches import plan_batches
from slt_engine.data.changes import Changes
from slt_engine.data.dataset import ClipDataset
from slt_engine.data.loader import Share, batches
from slt_engine.data.mixing import Mixing
from slt_engine.data.splits import open_data
from tests.engine.data.tiny import build_tiny

CHANGES = [
    Changes(
        Augmentation(
            seed=7,
            angle_range_deg=(-15, 15),
            scale_range=(0.9, 1.1),
            stretch_range=(0.7, 1.3),
            flip_probability=0.5,
        ),
        Mixing(seed=7, probabilities={"pose": 1.0}),
        epoch,
    )
    for epoch in (1, 2)
]


@pytest.fixture
def changing(tmp_path: Path) -> ClipDataset:
    """Twelve clips with keypoints and pose."""
    source = build_tiny(tmp_path, clips=15)
    splits = open_data(
        source.source(),
        train_index=source.train,
        val_index=source.val,
        tokenizer=None,
        vocab_size=300,
        characters=True,
        seed=0,
    )
    return splits.train


def keypoints_of(read: Iterable[Batch]) -> list[Tensor]:
    return [
        tensor for batch in read for tensor in (batch.keypoints_BTJC, batch.pose_BTPC) if tensor is not None
    ]


def assert_same(first: Iterable[Batch], second: Iterable[Batch]) -> None:
    for one, other in zip(keypoints_of(first), keypoints_of(second), strict=True):
        assert torch.equal(one, other)


def test_changed_batches_are_the_same_from_any_number_of_workers_and_place(changing: ClipDataset) -> None:
    plan = plan_batches(CHANGES[0].lengths(changing), batch_size=3, seed=1)
    alone = list(batches(changing, plan, changes=CHANGES[0]))
    assert_same(alone, batches(changing, plan, num_workers=3, changes=CHANGES[0]))
    assert_same(alone[2:], batches(changing, plan, start=2, changes=CHANGES[0]))


def test_an_epoch_s_clips_are_changed_and_not_as_another_epoch_s(changing: ClipDataset) -> None:
    plan = plan_batches(changing.lengths, batch_size=3, seed=1)
    plain, first, second = (
        list(batches(changing, plan, changes=changes)) for changes in (None, CHANGES[0], CHANGES[1])
    )
    for one, other in ((plain, first), (first, second)):
        same = [
            a.shape == b.shape and torch.equal(a, b)
            for a, b in zip(keypoints_of(one), keypoints_of(other), strict=True)
        ]
        assert not any(same)
    assert [batch.texts for batch in plain] == [batch.texts for batch in first]


def test_what_was_changed_is_not_kept(changing: ClipDataset) -> None:
    plan = plan_batches(changing.lengths, batch_size=3, seed=1)
    before = list(batches(changing, plan))
    list(batches(changing, plan, changes=CHANGES[0]))
    assert_same(before, batches(changing, plan))


def test_a_share_of_a_mixed_batch_holds_the_streams_that_the_whole_batch_gives_it(
    changing: ClipDataset,
) -> None:
    plan = plan_batches(CHANGES[0].lengths(changing), batch_size=4, seed=1)
    whole = list(batches(changing, plan, changes=CHANGES[0]))
    for rank in (0, 1):
        shares = batches(changing, plan, share=Share(rank, 2), changes=CHANGES[0])
        for batch, share in zip(whole, shares, strict=True):
            assert share.clip_ids == batch.clip_ids[rank::2]
            frames = share.frames_BT.shape[1]
            assert batch.pose_BTPC is not None
            assert share.pose_BTPC is not None
            assert torch.equal(share.pose_BTPC, batch.pose_BTPC[rank::2, :frames])
            assert torch.equal(share.frames_BT, batch.frames_BT[rank::2, :frames])
