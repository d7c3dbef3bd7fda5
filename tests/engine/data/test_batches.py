"""Plans of batches: every clip once, within the limits, a function of (seed, epoch) alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.clips.errors import DataError
from slt_engine.data.batches import Plan, plan_batches

LENGTHS = st.lists(st.integers(1, 60), max_size=200)
SIZE = st.integers(1, 20)
BUDGET = st.none() | st.integers(60, 400)
SEED = st.integers(0, 2**32 - 1)


def padded_frames(plan: Plan, lengths: list[int]) -> int:
    return sum(len(batch) * max(lengths[clip] for clip in batch) for batch in plan)


@given(LENGTHS, SIZE, BUDGET, SEED, st.integers(0, 5), st.booleans())
def test_every_clip_comes_once_and_no_batch_exceeds_its_limits(
    lengths: list[int], size: int, budget: int | None, seed: int, epoch: int, shuffle: bool
) -> None:
    plan = plan_batches(
        lengths, batch_size=size, frames_per_batch=budget, seed=seed, epoch=epoch, shuffle=shuffle
    )
    assert sorted(clip for batch in plan for clip in batch) == list(range(len(lengths)))
    assert all(1 <= len(batch) <= size for batch in plan)
    assert all(type(clip) is int for batch in plan for clip in batch)
    if budget is not None:
        assert all(padded_frames((batch,), lengths) <= budget for batch in plan)


@given(LENGTHS, SIZE, BUDGET, SEED, st.integers(0, 5))
def test_a_plan_depends_on_seed_and_epoch_alone(
    lengths: list[int], size: int, budget: int | None, seed: int, epoch: int
) -> None:
    def plan() -> Plan:
        return plan_batches(lengths, batch_size=size, frames_per_batch=budget, seed=seed, epoch=epoch)

    first = plan()
    np.random.default_rng().random()
    assert plan() == first


def test_epochs_and_seeds_order_clips_differently() -> None:
    lengths = [10] * 100
    plans = {
        plan_batches(lengths, batch_size=8, seed=seed, epoch=epoch) for seed in range(3) for epoch in range(3)
    }
    assert len(plans) == 9


def test_the_same_clips_meet_others_in_the_next_epoch() -> None:
    lengths = np.random.default_rng(0).integers(20, 150, 500).tolist()
    pairs = [
        {
            (a, b)
            for batch in plan_batches(lengths, batch_size=8, seed=0, epoch=epoch)
            for a in batch
            for b in batch
        }
        for epoch in (0, 1)
    ]
    assert len(pairs[0] & pairs[1]) < len(lengths) + 0.2 * len(pairs[0])


def test_buckets_pad_little() -> None:
    lengths = np.random.default_rng(0).integers(20, 150, 2000).tolist()
    bucketed = padded_frames(plan_batches(lengths, batch_size=32, seed=0), lengths)
    order = np.random.default_rng(0).permutation(2000)
    mixed = padded_frames(tuple(tuple(order[i : i + 32].tolist()) for i in range(0, 2000, 32)), lengths)
    assert bucketed < 1.06 * sum(lengths) < mixed


def test_a_plan_without_shuffling_sorts_by_length_and_then_by_place() -> None:
    plan = plan_batches([5, 3, 5, 3, 1], batch_size=2, seed=1, epoch=1, shuffle=False)
    assert plan == ((4, 1), (3, 0), (2,))


def test_a_frame_budget_alone_makes_batches_of_different_sizes() -> None:
    plan = plan_batches([10] * 10 + [50] * 4, batch_size=100, frames_per_batch=100, shuffle=False)
    assert [len(batch) for batch in plan] == [10, 2, 2]


def test_a_clip_longer_than_a_batch_may_be_is_an_error_that_names_the_knobs() -> None:
    with pytest.raises(DataError, match=r"frames_per_batch 100 is less than the longest clip, 101 frames"):
        plan_batches([5, 101], batch_size=2, frames_per_batch=100)


def test_no_clips_make_no_batches() -> None:
    assert plan_batches([], batch_size=4) == ()


def test_a_plan_stays_the_same_from_release_to_release() -> None:
    plan = plan_batches([3, 1, 4, 1, 5, 9, 2, 6], batch_size=3, seed=7, epoch=2)
    assert plan == ((0, 2, 4), (7, 5), (3, 1, 6))
