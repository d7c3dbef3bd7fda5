"""Samples become a padded batch whose masks are True where real."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.batch import IGNORED
from slt_engine.data.collate import GLOSS_PADDING, collate
from slt_engine.data.dataset import Sample


def sample(
    frames: int,
    *,
    seed: int = 0,
    tokens: int = 3,
    glosses: int | None = 2,
    keypoints: bool = True,
    pose: bool = True,
) -> Sample:
    rng = np.random.default_rng(seed)
    keypoints_TJC = rng.uniform(0.1, 1, (frames, 5, 3)).astype(np.float32)
    keypoints_TJC[rng.random((frames, 5)) < 0.3] = 0
    return Sample(
        clip_id=f"clip{seed}",
        text="hola",
        frames=frames,
        labels_L=rng.integers(4, 99, tokens),
        glosses_G=None if glosses is None else rng.integers(1, 9, glosses),
        keypoints_TJC=keypoints_TJC if keypoints else None,
        pose_TPC=rng.uniform(0.1, 1, (frames, 33, 3)).astype(np.float32) if pose else None,
    )


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 9), st.integers(0, 6)), min_size=1, max_size=9))
def test_each_row_holds_its_sample_and_then_padding(shapes: list[tuple[int, int, int]]) -> None:
    samples = [sample(t, seed=i, tokens=tokens, glosses=g) for i, (t, tokens, g) in enumerate(shapes)]
    batch = collate(samples)
    assert batch.clip_ids == tuple(each.clip_id for each in samples)
    assert batch.keypoints_BTJC is not None
    assert batch.keypoints_mask_BTJ is not None
    assert batch.pose_BTPC is not None
    assert batch.pose_mask_BTP is not None
    assert batch.labels_BL is not None
    assert batch.glosses_BG is not None
    assert batch.gloss_lengths_B is not None
    for row, each in enumerate(samples):
        assert each.keypoints_TJC is not None
        assert each.pose_TPC is not None
        assert each.glosses_G is not None
        end, tokens, glosses = each.frames, len(each.labels_L), len(each.glosses_G)
        assert batch.frames_BT[row].tolist() == [True] * end + [False] * (batch.frames_BT.shape[1] - end)
        np.testing.assert_array_equal(batch.keypoints_BTJC[row, :end], each.keypoints_TJC)
        np.testing.assert_array_equal(batch.keypoints_mask_BTJ[row, :end], each.keypoints_TJC[..., 2] > 0)
        np.testing.assert_array_equal(batch.pose_BTPC[row, :end], each.pose_TPC)
        for padded in (batch.keypoints_BTJC, batch.keypoints_mask_BTJ, batch.pose_BTPC, batch.pose_mask_BTP):
            assert not padded[row, end:].any()
        np.testing.assert_array_equal(batch.labels_BL[row, :tokens], each.labels_L)
        assert (batch.labels_BL[row, tokens:] == IGNORED).all()
        np.testing.assert_array_equal(batch.glosses_BG[row, :glosses], each.glosses_G)
        assert (batch.glosses_BG[row, glosses:] == GLOSS_PADDING).all()
        assert batch.gloss_lengths_B[row] == glosses


def test_types_are_what_the_model_takes() -> None:
    batch = collate([sample(3), sample(5)])
    assert batch.frames_BT.dtype == torch.bool
    assert batch.keypoints_BTJC is not None
    assert batch.keypoints_BTJC.dtype == torch.float32
    assert batch.labels_BL is not None
    assert batch.labels_BL.dtype == torch.int64
    assert batch.gloss_lengths_B is not None
    assert batch.gloss_lengths_B.dtype == torch.int64


def test_a_stream_that_is_off_is_none() -> None:
    batch = collate([sample(3, pose=False, glosses=None), sample(4, pose=False, glosses=None)])
    assert batch.pose_BTPC is None
    assert batch.pose_mask_BTP is None
    assert batch.glosses_BG is None
    assert batch.gloss_lengths_B is None


def test_a_batch_without_any_gloss_has_an_empty_table() -> None:
    batch = collate([sample(3, glosses=0), sample(4, glosses=0)])
    assert batch.glosses_BG is not None
    assert batch.glosses_BG.shape == (2, 0)


def test_a_stream_that_is_on_for_some_clips_only_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="on for all clips or for none"):
        collate([sample(3), sample(3, pose=False)])


def test_the_batch_shares_no_memory_with_its_samples() -> None:
    one = sample(3)
    batch = collate([one])
    assert batch.keypoints_BTJC is not None
    batch.keypoints_BTJC.fill_(7)
    assert one.keypoints_TJC is not None
    assert not (one.keypoints_TJC == 7).any()
