"""What the decoder needs of a tokenizer: its size and its special ids, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from slt_engine.model.errors import ModelError


@dataclass(frozen=True)
class TokenIds:
    """``size`` counts every id that the tokenizer can give."""

    size: int
    pad: int
    end: int
    begin: int | None


def token_ids(tokenizer: PreTrainedTokenizerBase) -> TokenIds:
    """The ids of ``tokenizer``; raises ModelError where it has no padding or no end token."""
    pad, end = tokenizer.pad_token_id, tokenizer.eos_token_id
    if pad is None or end is None:
        lacking = "padding" if pad is None else "end"
        raise ModelError(
            f"tokenizer {tokenizer.name_or_path!r} has no {lacking} token: choose one for T5 or BART"
        )
    return TokenIds(size=len(tokenizer), pad=int(pad), end=int(end), begin=tokenizer.bos_token_id)


def language_id(tokenizer: PreTrainedTokenizerBase, code: str) -> int:
    """The id of the language ``code`` (es_XX is mBART's Spanish); raises ModelError where it is not a token."""
    found = tokenizer.convert_tokens_to_ids(code)
    if found is None or found == tokenizer.unk_token_id:
        raise ModelError(
            f"decoder_language {code!r} is not a token of tokenizer {tokenizer.name_or_path!r}: use a code that it "
            "holds (es_XX for Spanish mBART), or give --decoder-language none"
        )
    return int(found)
