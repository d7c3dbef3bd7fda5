"""A decoder from scratch learns to write down, in order, the letters that its frames show."""

# B clips, T frames, D width, L tokens.

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn

from slt_engine.losses import translation_loss
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.seq2seq import DecoderShape, scratch_seq2seq
from slt_engine.model.tokens import TokenIds
from tests.engine.model.small import DECODERS, END

WIDTH = 64
FIRST_LETTER, LETTERS = 4, 12
STEPS = 400
PLACES_TD = torch.randn(20, WIDTH, generator=torch.Generator().manual_seed(0))
"""What tells one frame from the next."""
TOKENS = TokenIds(size=FIRST_LETTER + LETTERS, pad=0, end=END, begin=3)


@pytest.mark.slow
@pytest.mark.parametrize("kind", DECODERS)
def test_a_decoder_from_scratch_learns_the_order_of_letters_without_warm_up(kind: str) -> None:
    torch.manual_seed(0)
    draw = random.Random(0)
    shape = DecoderShape(width=WIDTH, layers=2, heads=4, dropout=0.0, max_length=8)
    decoder = TextDecoder(scratch_seq2seq(shape, TOKENS, {"model_type": kind}), width=WIDTH, language_id=None)
    letters = nn.Embedding(TOKENS.size, WIDTH)
    optimizer = torch.optim.AdamW([*decoder.parameters(), *letters.parameters()], lr=2e-3)

    for _ in range(STEPS):
        states_BTD, mask_BT, labels_BL = spell(draw, letters, clips=32)
        loss, _, _ = translation_loss(decoder(states_BTD, mask_BT, labels_BL), labels_BL, smoothing=0.0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert wrong_words(decoder.eval(), draw, letters) <= 0.2


def spell(draw: random.Random, letters: nn.Embedding, *, clips: int) -> tuple[Tensor, Tensor, Tensor]:
    """Words of three to five letters, each held for two to four frames; none twice, as that could not be seen."""
    words = [draw.sample(range(FIRST_LETTER, TOKENS.size), draw.randint(3, 5)) for _ in range(clips)]
    shown = [[letter for letter in word for _ in range(draw.randint(2, 4))] for word in words]
    frames_BT = pad(shown, 0)
    states_BTD = letters(frames_BT) + PLACES_TD[: frames_BT.shape[1]]
    return (
        states_BTD + 0.1 * torch.randn_like(states_BTD),
        frames_BT > 0,
        pad([[*word, END] for word in words], -100),
    )


def wrong_words(decoder: TextDecoder, draw: random.Random, letters: nn.Embedding) -> float:
    """The share of fresh words that are not written letter by letter."""
    with torch.no_grad():
        states_BTD, mask_BT, labels_BL = spell(draw, letters, clips=200)
        ids_BL = decoder.generate(states_BTD, mask_BT, num_beams=1, length_penalty=1.0, max_new_tokens=8)
    written = [[token for token in row if token >= FIRST_LETTER] for row in ids_BL.tolist()]
    expected = [[token for token in row if token >= FIRST_LETTER] for row in labels_BL.tolist()]
    return sum(a != b for a, b in zip(written, expected, strict=True)) / len(expected)


def pad(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[value] * (longest - len(row))] for row in rows])
