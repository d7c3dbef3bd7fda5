"""A step over several batches is the step over one that holds them all; what is not finite stops or is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from slt_engine.data.collate import collate
from slt_engine.reporter import Reporter
from slt_engine.run.journal import read_rows
from slt_engine.train.loop import NonFiniteLossError, train_step
from slt_engine.train.prepare import Work, count_crowded, prepare
from slt_engine.train.processes import Processes
from slt_engine.train.state import Position
from tests.support.runs import make_run

NO_DROPOUT = (
    "optim.optimizer=sgd",
    "model.projector_dropout=0",
    "model.fusion_dropout=0",
    "model.temporal_dropout=0",
    "model.decoder_dropout=0",
    "model.mska_dropout=0",
    "model.mska_distillation_weight=0.5",
)


@pytest.fixture
def opened(synthetic: Path, tmp_path: Path) -> Iterator[tuple[Work, Reporter]]:
    run = make_run(tmp_path / "run", synthetic, *NO_DROPOUT)
    reporter = Reporter(run)
    with reporter:
        yield prepare(run, reporter), reporter


def weights_after(work: Work, groups: list[list[int]], reporter: Reporter) -> dict[str, Tensor]:
    """The weights after one step over the clips in ``groups``, a batch each; the model is left as it was."""
    before = {name: value.clone() for name, value in work.parts.model.state_dict().items()}
    work.parts.model.train()
    work.loop.schedule.apply(work.parts.optimizer, step=1, epoch=1)
    batches = [collate([work.splits.train[clip] for clip in clips]) for clips in groups]
    train_step(work.loop, batches, Position(step=1), reporter)
    after = {name: value.clone() for name, value in work.parts.model.state_dict().items()}
    work.parts.model.load_state_dict(before)
    return after


def test_accumulated_batches_take_the_step_of_one_large_batch(opened: tuple[Work, Reporter]) -> None:
    work, reporter = opened
    whole = weights_after(work, [[0, 1, 2, 3, 4, 5]], reporter)
    parts = weights_after(work, [[0, 1], [2, 3, 4], [5]], reporter)
    moved = weights_after(work, [[0, 1]], reporter)
    assert any(not torch.allclose(whole[name], moved[name], atol=1e-6) for name in whole)
    for name in whole:
        torch.testing.assert_close(parts[name], whole[name], atol=2e-6, rtol=1e-5)


def poison(work: Work) -> None:
    """Weights that make every loss NaN."""
    with torch.no_grad():
        for weight in work.parts.model.parameters():
            weight.fill_(float("nan"))


def test_a_loss_that_is_not_finite_stops_and_names_step_term_and_clips(opened: tuple[Work, Reporter]) -> None:
    work, reporter = opened
    poison(work)
    batch = collate([work.splits.train[0]])
    with pytest.raises(
        NonFiniteLossError, match=rf"step 7: loss_\w+.* clips {batch.clip_ids[0]}.*--nonfinite skip"
    ):
        train_step(work.loop, [batch], Position(step=7), reporter)


def refuse() -> None:
    raise AssertionError("the optimizer must not step")


def test_a_skipped_step_moves_nothing_and_leaves_a_warning(opened: tuple[Work, Reporter]) -> None:
    work, reporter = opened
    poison(work)
    work.parts.optimizer.step = refuse  # type: ignore[method-assign,assignment]
    batch = collate([work.splits.train[0]])
    tally, norm = train_step(replace(work.loop, nonfinite="skip"), [batch], Position(step=7), reporter)
    assert (tally.clips, norm) == (0, None)
    assert any("step skipped" in row.get("message", "") for row in read_rows(work.loop.run.events))


def test_a_further_process_draws_its_dropout_by_any_seed(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", synthetic, *NO_DROPOUT, "training.seed=-1")
    with Reporter(run) as reporter:
        prepare(run, reporter, Processes(rank=1, count=1))
    assert torch.initial_seed() == 0


def test_a_skipped_step_leaves_nothing_in_the_running_statistics(synthetic: Path, tmp_path: Path) -> None:
    blocks = ("model.mska_encoder=paper", "model.mska_temporal_blocks=1", "model.mska_stream_heads=2")
    run = make_run(tmp_path / "run", synthetic, *NO_DROPOUT, *blocks)
    with Reporter(run) as reporter:
        work = prepare(run, reporter)
        work.parts.model.train()
        poison(work)
        before = {name: value.clone() for name, value in work.parts.model.named_buffers()}
        batch = collate([work.splits.train[0]])
        train_step(replace(work.loop, nonfinite="skip"), [batch], Position(step=1), reporter)
        after = dict(work.parts.model.named_buffers())
    assert any(name.endswith("running_var") for name in before)
    for name, value in before.items():
        torch.testing.assert_close(after[name], value, rtol=0, atol=0)


def test_clips_with_more_glosses_than_frames_are_counted(opened: tuple[Work, Reporter]) -> None:
    work, _ = opened
    assert count_crowded(work.splits.train) == 0
    clip = replace(work.splits.train.clips[0], glosses=(1, 1) * work.splits.train.lengths[0])
    work.splits.train.clips = (clip, *work.splits.train.clips[1:])
    assert count_crowded(work.splits.train) == 1


def test_a_slower_encoder_leaves_a_clip_fewer_frames_for_its_glosses(opened: tuple[Work, Reporter]) -> None:
    work, _ = opened
    length = work.splits.train.lengths[0]
    clip = replace(work.splits.train.clips[0], glosses=tuple(range(1, length + 1)))
    work.splits.train.clips = (clip, *work.splits.train.clips[1:])
    assert count_crowded(work.splits.train) == 0
    assert count_crowded(work.splits.train, rate=2) == 1
