"""Decoders as a user would write them, for --decoder-class."""

# B clips, T frames, D width, L tokens, V vocabulary. Masks are True where real.

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class Speller(nn.Module):
    """Reads the mean frame and the token before; learns texts by heart."""

    def __init__(
        self,
        *,
        d_model: int,
        vocab_size: int,
        dropout: float,
        eos_token_id: int,
        share_embeddings: bool = False,
    ) -> None:
        super().__init__()
        self.d_model, self.eos, self.share_embeddings = d_model, eos_token_id, share_embeddings
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.dropout = nn.Dropout(dropout)
        self.write = nn.Linear(d_model, vocab_size)

    def forward(self, states_BTD: Tensor, mask_BT: Tensor, labels_BL: Tensor) -> Tensor:
        mean_BD = (states_BTD * mask_BT[..., None]).sum(dim=1) / mask_BT.sum(dim=1, keepdim=True)
        before_BL = torch.cat([torch.zeros_like(labels_BL[:, :1]), labels_BL[:, :-1].clamp(min=0)], dim=1)
        logits_BLV: Tensor = self.write(self.dropout(torch.tanh(mean_BD[:, None] + self.tokens(before_BL))))
        return logits_BLV

    def generate(
        self,
        states_BTD: Tensor,
        mask_BT: Tensor,
        *,
        num_beams: int,
        length_penalty: float,
        max_new_tokens: int,
    ) -> Tensor:
        del num_beams, length_penalty
        ids_BL = torch.zeros(len(states_BTD), 0, dtype=torch.long, device=states_BTD.device)
        for _ in range(max_new_tokens):
            next_BL = torch.cat([ids_BL, ids_BL.new_zeros(len(ids_BL), 1)], dim=1)
            chosen_B1 = self(states_BTD, mask_BT, next_BL)[:, -1:].argmax(dim=-1)
            ids_BL = torch.cat([ids_BL, chosen_B1], dim=1)
        return ids_BL


class TakesEverything(Speller):
    """Keeps all that it is offered."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            d_model=given["d_model"],
            vocab_size=given["vocab_size"],
            dropout=0.0,
            eos_token_id=given["eos_token_id"],
        )
        self.given = given


class Nameless(Speller):
    """Forgets to say how wide it is."""

    def __init__(self, *, d_model: int, vocab_size: int) -> None:
        super().__init__(d_model=d_model, vocab_size=vocab_size, dropout=0.0, eos_token_id=1)
        del self.d_model


class Fussy(Speller):
    """Raises."""

    def __init__(self, *, d_model: int) -> None:
        raise RuntimeError(f"no decoder of {d_model}\nfor you")


class Short(Speller):
    """Its logits lack a token."""

    def forward(self, states_BTD: Tensor, mask_BT: Tensor, labels_BL: Tensor) -> Tensor:
        return super().forward(states_BTD, mask_BT, labels_BL)[:, :-1]


class NoModule:
    """No torch.nn.Module."""

    d_model = 16


NOT_A_CLASS = 3
