"""Recomputed activations: the same gradients from less memory."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.translator import SignTranslator
from slt_engine.train.recomputing import recompute_activations
from tests.engine.model.small import small_batch, small_translator

WEIGHTS = LossWeights(1.0, 1.0, 0.5, 1.0, detach_teacher=True, label_smoothing=0.1)


def small(encoder: str, decoder: str) -> SignTranslator:
    """With dropout: what is computed again must drop the same."""
    torch.manual_seed(0)
    model = small_translator(encoder=encoder, decoder=decoder, dropout=0.2)
    return model.train()


def gradients(model: SignTranslator) -> tuple[dict[str, Tensor], int]:
    """Of one step, and how many numbers were kept for the backward pass."""
    kept = 0

    def count(tensor: Tensor) -> Tensor:
        nonlocal kept
        kept += tensor.numel()
        return tensor

    torch.manual_seed(1)
    batch = small_batch([20, 24, 22])
    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        loss = compute_losses(model(batch), batch, WEIGHTS).total
    loss.backward()
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}, kept


@pytest.mark.parametrize(("encoder", "decoder"), [("joint", "t5"), ("conv", "mbart")])
def test_gradients_are_the_same_and_less_is_kept(encoder: str, decoder: str) -> None:
    plain, saving = small(encoder, decoder), small(encoder, decoder)
    names = saving.state_dict().keys()
    recompute_activations(saving)
    expected, much = gradients(plain)
    found, little = gradients(saving)
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, atol=1e-6, rtol=1e-5)
    assert little < 0.7 * much
    assert saving.state_dict().keys() == names
