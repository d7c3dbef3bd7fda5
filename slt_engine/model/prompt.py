"""Prompt tuning: learnable vectors that a T5 reads before the encoded frames (Lester et al. 2021)."""

# B clips, T frames, D width, N prompt vectors, V vocabulary. Masks are True where real.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import torch
from torch import Tensor, nn

from slt_engine.model.errors import ModelError


class Prompt(nn.Module):
    """``vectors_ND`` before every clip's states."""

    def __init__(self, vectors_ND: Tensor) -> None:
        super().__init__()
        self.vectors_ND = nn.Parameter(vectors_ND)

    def forward(self, states_BTD: Tensor, mask_BT: Tensor) -> tuple[Tensor, Tensor]:
        """States and mask, N longer."""
        vectors_BND = self.vectors_ND.to(states_BTD.dtype).expand(len(states_BTD), -1, -1)
        mask_BN = mask_BT.new_ones(vectors_BND.shape[:2])
        return torch.cat([vectors_BND, states_BTD], dim=1), torch.cat([mask_BN, mask_BT], dim=1)


@dataclass(frozen=True)
class PromptStart:
    """How the vectors begin: ``init`` names it; ``ids`` are read by ``tokens``, as many as there are vectors."""

    length: int
    init: str
    std: float
    reach: float
    ids: Sequence[int]


def start_vectors(start: PromptStart, embedding_VD: Tensor, *, vocabulary: int) -> Tensor:
    """(N, D) vectors; ``vocabulary`` is how many rows of the embedding have a token, since a T5 has some to spare."""
    with torch.no_grad():
        return STARTS[start.init](start, embedding_VD[:vocabulary]).clone()


def fit_ids(ids: Sequence[int], length: int, *, notice: Callable[[str], None]) -> list[int]:
    """``ids`` repeated or cut to ``length``, which ``notice`` is told of."""
    if len(ids) < length:
        notice(f"the prompt's {len(ids)} tokens repeat to fill its {length} vectors")
    elif len(ids) > length:
        notice(f"the prompt's {len(ids)} tokens are more than its {length} vectors: the rest is cut")
    return list(islice(cycle(ids), length))


def _normal(start: PromptStart, embedding_VD: Tensor) -> Tensor:
    return torch.empty(start.length, embedding_VD.shape[1]).normal_(0.0, start.std)


def _zero(start: PromptStart, embedding_VD: Tensor) -> Tensor:
    return torch.zeros(start.length, embedding_VD.shape[1])


def _uniform(start: PromptStart, embedding_VD: Tensor) -> Tensor:
    return torch.empty(start.length, embedding_VD.shape[1]).uniform_(-start.reach, start.reach)


def _tokens(start: PromptStart, embedding_VD: Tensor) -> Tensor:
    if beyond := [token for token in start.ids if token >= len(embedding_VD)]:
        raise ModelError(
            f"decoder_prompt_tokens: {beyond[0]} is not a token; the tokenizer's go from 0 to {len(embedding_VD) - 1}"
        )
    return embedding_VD[torch.tensor(start.ids)]


def _vocab(start: PromptStart, embedding_VD: Tensor) -> Tensor:
    return embedding_VD[torch.randint(len(embedding_VD), (start.length,))]


STARTS: dict[str, Callable[[PromptStart, Tensor], Tensor]] = {
    "normal": _normal,
    "zero": _zero,
    "uniform": _uniform,
    "tokens": _tokens,
    "vocab": _vocab,
}
