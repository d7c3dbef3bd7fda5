"""Free-running decoding: text by the decoder, glosses by the fused CTC head, both from one encoding."""

# B clips, T frames, L tokens, G glosses with blank at 0. Masks are True where real.

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad
from transformers import PreTrainedTokenizerBase

from slt_engine.batch import Batch, Encoded
from slt_engine.evaluate.ctc_beam import BLANK, beam_ctc
from slt_engine.features import with_features
from slt_engine.model.mska.heads import FUSED
from slt_engine.model.translator import SignTranslator


@dataclass(frozen=True)
class DecodeOptions:
    """How text and glosses are searched for; one beam is greedy."""

    num_beams: int
    ctc_num_beams: int
    length_penalty: float
    max_new_tokens: int


@dataclass(frozen=True)
class Translation:
    """A clip's text and what was decoded; glosses are empty where the clip or the model has none, and ``hypothesis`` is
    None of a model that does not translate."""

    clip_id: str
    reference: str
    hypothesis: str | None
    gloss_reference: tuple[str, ...]
    gloss_hypothesis: tuple[str, ...]


@torch.no_grad()
def translate(
    model: SignTranslator,
    batches: Iterable[Batch],
    *,
    tokenizer: PreTrainedTokenizerBase,
    gloss_names: Sequence[str],
    options: DecodeOptions,
) -> list[Translation]:
    """Every clip of ``batches`` in their order; the model is read in eval mode and left in the mode it had."""
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    translations: list[Translation] = []
    for batch in batches:
        batch = with_features(model, batch.to(device))
        encoded = model.encode(batch)
        translations += translate_encoded(
            model, batch, encoded, tokenizer=tokenizer, gloss_names=gloss_names, options=options
        )
    model.train(was_training)
    return translations


def translate_encoded(
    model: SignTranslator,
    batch: Batch,
    encoded: Encoded,
    *,
    tokenizer: PreTrainedTokenizerBase,
    gloss_names: Sequence[str],
    options: DecodeOptions,
) -> list[Translation]:
    """The clips of ``batch`` from its encoding, for a caller that has it already."""
    write = _write if model.translates else _write_nothing
    rows = zip(
        batch.clip_ids,
        batch.texts,
        write(model, encoded, tokenizer, options),
        name_glosses(read_glosses(batch), gloss_names),
        name_glosses(decode_glosses(encoded, len(batch), num_beams=options.ctc_num_beams), gloss_names),
        strict=True,
    )
    return [Translation(*row) for row in rows]


def _write(
    model: SignTranslator, encoded: Encoded, tokenizer: PreTrainedTokenizerBase, options: DecodeOptions
) -> Sequence[str | None]:
    ids_BL = model.generate(
        encoded,
        num_beams=options.num_beams,
        length_penalty=options.length_penalty,
        max_new_tokens=options.max_new_tokens,
    )
    texts = tokenizer.batch_decode(ids_BL, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return [unicodedata.normalize("NFC", text).strip() for text in texts]


def _write_nothing(
    _model: SignTranslator, encoded: Encoded, _tokenizer: PreTrainedTokenizerBase, _options: DecodeOptions
) -> Sequence[str | None]:
    return [None] * len(encoded.mask_BT)


def decode_glosses(encoded: Encoded, clips: int, *, num_beams: int) -> list[list[int]]:
    """The fused head's labels a clip; nothing for a model without CTC."""
    if encoded.ctc_mask_BT is None or FUSED not in encoded.ctc_BTG:
        return [[] for _ in range(clips)]
    if num_beams == 1:
        return greedy_ctc(encoded.ctc_BTG[FUSED], encoded.ctc_mask_BT)
    return beam_ctc(encoded.ctc_BTG[FUSED], encoded.ctc_mask_BT, num_beams=num_beams)


def greedy_ctc(logits_BTG: Tensor, mask_BT: Tensor) -> list[list[int]]:
    """Best label a frame, repeats merged, blanks dropped (Graves et al. 2006, section 3.2: best path decoding)."""
    best_BT = logits_BTG.argmax(dim=-1)
    before_BT = pad(best_BT, (1, 0), value=BLANK)[:, :-1]
    kept_BT = mask_BT & (best_BT != BLANK) & (best_BT != before_BT)
    return [row[kept].tolist() for row, kept in zip(best_BT.cpu(), kept_BT.cpu(), strict=True)]


def read_glosses(batch: Batch) -> list[list[int]]:
    """The reference labels a clip."""
    if batch.glosses_BG is None or batch.gloss_lengths_B is None:
        return [[] for _ in batch.clip_ids]
    lengths = batch.gloss_lengths_B.tolist()
    return [row[:length] for row, length in zip(batch.glosses_BG.tolist(), lengths, strict=True)]


def name_glosses(labels: Iterable[Sequence[int]], gloss_names: Sequence[str]) -> list[tuple[str, ...]]:
    """Labels as glosses; a label that has no name (a head wider than the glosses) is its number."""
    return [tuple(gloss_names[i] if i < len(gloss_names) else f"<{i}>" for i in row) for row in labels]
