"""Which epoch is the best, and the sums that an interrupted epoch carries on."""

from __future__ import annotations

import math

import pytest
import torch

from slt_engine.batch import Batch
from slt_engine.losses import TERMS, Losses
from slt_engine.train.state import Position
from slt_engine.train.tally import Tally


def test_a_lower_loss_and_a_higher_chrf_are_better() -> None:
    position = Position(epoch=1)
    assert position.take({"loss": 2.0}, "loss")
    assert not position.take({"loss": 2.5}, "loss")
    other = Position(epoch=1)
    assert other.take({"chrf": 20.0}, "chrf")
    assert other.take({"chrf": 30.0}, "chrf")


def test_an_epoch_that_was_not_decoded_does_not_count_against_patience() -> None:
    position = Position(epoch=2, best={"metric": "cer", "value": 0.5, "epoch": 1})
    assert not position.take({"loss": 1.0}, "cer")
    assert position.stale == 0
    assert not position.take({"cer": 0.6}, "cer")
    assert position.stale == 1


def test_nothing_counted_is_not_a_perfect_loss() -> None:
    assert math.isnan(Tally().terms()["loss"])
    assert math.isnan(Tally().perplexity)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_score_that_is_not_finite_is_never_the_best(value: float) -> None:
    position = Position()
    assert not position.take({"loss": value}, "loss")
    assert position.best is None
    assert position.stale == 1


def one_batch(clips: int) -> Batch:
    frames_BT = torch.ones(clips, 3, dtype=torch.bool)
    return Batch(tuple("abcdef"[:clips]), ("",) * clips, frames_BT)


def losses(*, clips: int, tokens: int, nll: float, translation: float, ctc: float) -> Losses:
    raw = {"translation": translation, "ctc": ctc, "distillation": 0.0}
    terms = {f"loss_{t}{suffix}": torch.tensor(raw[t]) for t in TERMS for suffix in ("", "_weighted")}
    units = {"translation": tokens, "ctc": clips, "distillation": clips}
    return Losses(torch.tensor(0.0), terms, torch.tensor(nll), tokens, units)


def test_the_mean_of_batches_is_that_of_the_whole() -> None:
    tally = Tally()
    tally.add(one_batch(2), losses(clips=2, tokens=6, nll=6.0, translation=1.0, ctc=4.0))
    tally.add(one_batch(1), losses(clips=1, tokens=2, nll=4.0, translation=3.0, ctc=1.0))
    terms = tally.terms()
    assert terms["loss_translation"] == pytest.approx((6 * 1.0 + 2 * 3.0) / 8)
    assert terms["loss_ctc"] == pytest.approx((2 * 4.0 + 1 * 1.0) / 3)
    assert terms["loss"] == pytest.approx(terms["loss_translation"] + terms["loss_ctc"])
    assert tally.perplexity == pytest.approx(2.718281828 ** (10 / 8))
    assert (tally.clips, tally.frames) == (3, 9)


def test_a_tally_comes_back_from_a_checkpoint_as_it_was() -> None:
    tally = Tally()
    tally.add(one_batch(2), losses(clips=2, tokens=6, nll=6.0, translation=1.0, ctc=4.0))
    tally.step_losses.append(5.0)
    assert Tally.restore(tally.state()) == tally
