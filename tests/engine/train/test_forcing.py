"""What the decoder reads in training: the reference, or in part what it would have written itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from slt_engine.batch import Batch
from slt_engine.checkpoint import load_checkpoint
from slt_engine.run.directory import RunDir
from slt_engine.train.forcing import TeacherForcing
from tests.engine.model.small import small_batch
from tests.support.runs import epochs_of, losses_of, make_run, steps_of, train_in_process

SHORT = ("training.epochs=2", "training.log_every_steps=1", "training.decode_every=0", "data.batch_size=3")
SCHEDULED = (
    "training.teacher_forcing_mode=scheduled",
    "training.teacher_forcing_ratio=0.5",
    "training.teacher_forcing_decay=0.8",
)


def forcing(**changes: Any) -> TeacherForcing:
    values = {"mode": "scheduled", "ratio": 0.8, "min_ratio": 0.3, "decay": 0.5, "seed": 7}
    return TeacherForcing(**{**values, **changes})


def clips(count: int, *, first: int = 0) -> Batch:
    """That many clips, each with its own id."""
    return replace(small_batch([4] * count), clip_ids=tuple(f"clip {first + i}" for i in range(count)))


def drawn(forcing: TeacherForcing, batch: Batch | None = None, *, epoch: int = 1) -> Tensor:
    given_BL = forcing.draw(batch or clips(400), epoch=epoch)
    assert given_BL is not None
    return given_BL


def test_the_ratio_falls_by_the_factor_to_the_least() -> None:
    assert [forcing().ratio_of(epoch) for epoch in (1, 2, 3, 4)] == [0.8, 0.4, 0.3, 0.3]


def test_the_standard_mode_has_ratio_1_whatever_else_is_set() -> None:
    standard = forcing(mode="standard")
    assert standard.record(3) == {"mode": "standard", "ratio": 1.0}
    assert standard.draw(small_batch(), epoch=3) is None


@pytest.mark.parametrize(("ratio", "reached"), [(0.5, 1.0), (0.0, 0.0)])
def test_a_factor_above_1_ends_at_a_probability(ratio: float, reached: float) -> None:
    assert forcing(ratio=ratio, min_ratio=0.0, decay=9.0).ratio_of(1000) == reached


def test_as_many_tokens_are_given_as_the_ratio_says() -> None:
    assert drawn(forcing(ratio=0.7)).float().mean().item() == pytest.approx(0.7, abs=0.03)
    assert not drawn(forcing(ratio=0.0, min_ratio=0.0)).any()


def test_what_is_drawn_is_a_function_of_seed_epoch_and_clip() -> None:
    once = drawn(forcing(), epoch=2)
    torch.rand(5)
    assert torch.equal(once, drawn(forcing(), epoch=2))
    others = [
        drawn(forcing(seed=8), epoch=2),
        drawn(forcing(decay=1.0), epoch=1),
        drawn(forcing(), clips(400, first=400), epoch=2),
    ]
    assert not any(torch.equal(once, other) for other in others)


def test_a_clip_is_drawn_alike_whoever_shares_its_batch() -> None:
    whole, half = drawn(forcing(), clips(4)), drawn(forcing(), clips(2, first=2))
    assert torch.equal(whole[2:, : half.shape[1]], half)
    assert not torch.equal(whole[0], whole[1])


def trained(path: Path, synthetic: Path, *pairs: str) -> RunDir:
    run = make_run(path, synthetic, *SHORT, *pairs)
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run


def weights_of(run: RunDir) -> dict[str, Tensor]:
    weights: dict[str, Tensor] = load_checkpoint(run.last)["model"]
    return weights


def are_equal(one: RunDir, other: RunDir) -> bool:
    ours, theirs = weights_of(one), weights_of(other)
    return all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.slow
def test_scheduled_with_ratio_1_is_teacher_forcing_bit_for_bit(synthetic: Path, tmp_path: Path) -> None:
    standard = trained(tmp_path / "standard", synthetic)
    scheduled = trained(tmp_path / "scheduled", synthetic, SCHEDULED[0])
    assert losses_of(steps_of(scheduled)) == losses_of(steps_of(standard))
    assert are_equal(scheduled, standard)
    assert epochs_of(scheduled)[0]["teacher_forcing"] == {"mode": "scheduled", "ratio": 1.0}


def test_a_scheduled_run_writes_its_ratio_and_resumes_bit_for_bit(synthetic: Path, tmp_path: Path) -> None:
    whole = trained(tmp_path / "whole", synthetic, *SCHEDULED)
    per_epoch = epochs_of(whole)[0]["step"]
    cut = trained(tmp_path / "cut", synthetic, *SCHEDULED, f"training.max_train_steps={per_epoch + 2}")
    assert load_checkpoint(cut.last)["batch"] == 2, "it must resume from inside an epoch"
    document = cut.read_config()
    document["training"]["max_train_steps"] = None
    cut.archive_config(document)
    done = train_in_process(cut, "--resume")
    assert done.returncode == 0, done.stderr
    assert losses_of(steps_of(cut)) == losses_of(steps_of(whole))
    assert are_equal(cut, whole)
    assert [row["teacher_forcing"]["ratio"] for row in epochs_of(cut)] == [0.5, 0.4]
    assert {(row["epoch"], row["teacher_forcing"]) for row in steps_of(cut)} == {(1, 0.5), (2, 0.4)}
