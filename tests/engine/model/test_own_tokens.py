"""Scheduled sampling in the model: the decoder reads its own tokens where labels are not given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from slt_engine.batch import IGNORED
from slt_engine.model.translator import SignTranslator
from tests.engine.model.small import DECODERS, END, small_batch, small_decoder, small_translator

LANGUAGE = 9


def test_labels_given_everywhere_change_nothing() -> None:
    torch.manual_seed(0)
    model, batch = small_translator(), small_batch()
    assert batch.labels_BL is not None

    forced = model(batch).logits_BLV

    assert torch.equal(model(batch, torch.ones_like(batch.labels_BL, dtype=torch.bool)).logits_BLV, forced)


@pytest.mark.parametrize("kind", DECODERS)
def test_labels_given_nowhere_are_what_the_decoder_would_have_written(kind: str) -> None:
    torch.manual_seed(0)
    model, batch = small_translator(decoder=kind), small_batch()
    assert batch.labels_BL is not None
    forced_BLV = model(batch).logits_BLV
    own_BL = torch.where(batch.labels_BL == IGNORED, IGNORED, forced_BLV.argmax(dim=-1))

    mixed = model(batch, torch.zeros_like(batch.labels_BL, dtype=torch.bool)).logits_BLV

    assert torch.equal(mixed, model(replace(batch, labels_BL=own_BL)).logits_BLV)
    assert not torch.equal(mixed, forced_BLV)


def test_only_the_tokens_that_are_not_given_are_the_decoders_own() -> None:
    torch.manual_seed(0)
    model, batch = small_translator(), small_batch()
    assert batch.labels_BL is not None
    given_BL = torch.ones_like(batch.labels_BL, dtype=torch.bool)
    given_BL[:, 1] = False
    seen = watch_inputs(model)

    model(batch, given_BL)

    forced_BL, mixed_BL = seen
    changed_BL = forced_BL != mixed_BL
    assert changed_BL[:, 2].any()
    assert not changed_BL[:, [0, 1, *range(3, changed_BL.shape[1])]].any()


def test_the_pass_for_own_tokens_has_neither_dropout_nor_gradient_and_leaves_the_random_state() -> None:
    torch.manual_seed(0)
    model, batch = small_translator(dropout=0.5), small_batch()
    assert batch.labels_BL is not None
    nowhere_BL = torch.zeros_like(batch.labels_BL, dtype=torch.bool)
    model.decoder.train()
    modes: list[tuple[bool, bool]] = []
    model.decoder.register_forward_pre_hook(lambda m, _: modes.append((m.training, torch.is_grad_enabled())))
    seen = watch_inputs(model)
    before = torch.get_rng_state()

    model(batch, nowhere_BL)
    after = torch.get_rng_state()
    torch.set_rng_state(before)
    model(replace(batch, labels_BL=torch.where(batch.labels_BL == IGNORED, IGNORED, END)))

    assert modes[:2] == [(False, False), (True, True)]
    assert torch.equal(after, torch.get_rng_state())
    assert len(seen) == 3


def test_a_language_that_labels_begin_with_is_never_the_decoders_own() -> None:
    torch.manual_seed(0)
    model = small_translator(decoder="mbart")
    model.decoder = small_decoder("mbart", language_id=LANGUAGE).eval()
    batch = replace(small_batch(), labels_BL=torch.tensor([[LANGUAGE, 5, 6, END]] * 3))
    seen = watch_inputs(model)

    model(batch, torch.zeros(3, 4, dtype=torch.bool))

    assert [inputs_BL.shape for inputs_BL in seen] == [(3, 4), (3, 4)]
    assert seen[1][:, 1].tolist() == [LANGUAGE] * 3


def watch_inputs(model: SignTranslator) -> list[Tensor]:
    """The tokens that every pass of the decoder reads, in the order of the passes."""
    seen: list[Tensor] = []

    def keep(_: Any, __: Any, given: dict[str, Any]) -> None:
        seen.append(given["decoder_input_ids"])

    model.decoder.seq2seq.register_forward_pre_hook(keep, with_kwargs=True)
    return seen
