"""Texts to tokens: a tokenizer trained on the training texts, or one by name, and the labels it makes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from slt_engine.clips.errors import DataError
from slt_engine.hub import hub_is_out_of_reach

PAD, EOS, UNK, BOS = SPECIALS = ("<pad>", "</s>", "<unk>", "<s>")

# Every text comes back as it was: blanks are kept, and a character that the texts never had becomes the bytes
# of its UTF-8 form. Both patterns see to it that "<0x41>" in a text is not taken for a byte's token.
_BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))
_BYTE_SCORE = -100.0  # below any piece of the texts
_WORDS = r" ?[\p{L}\p{M}\p{N}]+| ?[^\s\p{L}\p{M}\p{N}]+|\s+"
_CHARACTERS = r"(?m:.)"

Piece = tuple[str, float]


def train_tokenizer(texts: Sequence[str], *, vocab_size: int, characters: bool) -> PreTrainedTokenizerFast:
    """A tokenizer whose encodings end with </s> and decode to the same text, whatever the text is.

    Unigram with at most ``vocab_size`` tokens, or with ``characters`` one token a character of ``texts``. The
    same texts, in whatever order, make the same tokenizer. Raises DataError when ``vocab_size`` is too small.
    """
    alphabet = sorted(set("".join(texts)))
    if not alphabet:
        raise DataError("the training texts are all empty; a tokenizer cannot be trained on them")
    if characters:
        return _assemble([(char, 0.0) for char in alphabet], _CHARACTERS)
    fixed = len(SPECIALS) + len(_BYTES)
    if vocab_size < fixed + len(alphabet):
        raise DataError(
            f"data.tokenizer_vocab_size {vocab_size} is too small: 4 special tokens, 256 bytes and the "
            f"{len(alphabet)} characters of the texts need {fixed + len(alphabet)}; "
            "raise it, or set data.tokenizer_characters"
        )
    return _assemble(_unigram(texts, vocab_size - fixed), _WORDS)


def load_tokenizer(
    name_or_path: str, *, local_files_only: bool = False, language: str | None = None
) -> PreTrainedTokenizerBase:
    """A tokenizer by Hugging Face name or from a folder; ``language`` is the target of one with several."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            name_or_path, local_files_only=local_files_only or hub_is_out_of_reach()
        )
    except (OSError, ValueError, KeyError, ImportError) as fault:
        reason = " ".join(str(fault).split()).split(". ")[0][:200]
        raise DataError(
            f'tokenizer "{name_or_path}" cannot be loaded ({reason}); '
            "give a folder, or a name and reach the hub once"
        ) from fault
    if tokenizer.pad_token_id is None or tokenizer.eos_token_id is None:
        raise DataError(
            f'tokenizer "{name_or_path}" has no padding or no end token; choose one of a seq2seq model'
        )
    if language is not None and hasattr(tokenizer, "tgt_lang"):
        _choose_language(tokenizer, language, name_or_path)
    return tokenizer


def encode_labels(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], *, max_length: int
) -> list[list[int]]:
    """Token ids of ``texts`` with the tokenizer's own marks, cut to ``max_length`` but for the end mark."""
    if not texts:
        return []
    rows: list[list[int]] = tokenizer(text_target=list(texts), truncation=True, max_length=max_length)[
        "input_ids"
    ]
    if tokenizer.is_fast:  # truncation stays switched on in there, and would be saved with it
        tokenizer.backend_tokenizer.no_truncation()
    eos = tokenizer.eos_token_id
    return [row if eos in row else [*row[: max_length - 1], eos] for row in rows]


def _choose_language(tokenizer: PreTrainedTokenizerBase, language: str, name: str) -> None:
    if tokenizer.convert_tokens_to_ids(language) in (None, tokenizer.unk_token_id):
        raise DataError(
            f'tokenizer "{name}" has no language "{language}"; write model.decoder_language as in es_XX'
        )
    tokenizer.tgt_lang = language


def _unigram(texts: Sequence[str], pieces: int) -> list[Piece]:
    trainee = Tokenizer(models.Unigram())
    trainee.pre_tokenizer = pre_tokenizers.Split(Regex(_WORDS), "isolated")
    trainee.train_from_iterator(
        sorted(texts), trainers.UnigramTrainer(vocab_size=pieces, show_progress=False), length=len(texts)
    )
    return _settle(json.loads(trainee.to_str())["model"]["vocab"], pieces)


def _settle(vocabulary: Sequence[Any], pieces: int) -> list[Piece]:
    """The trained pieces in one order with one score each, at most ``pieces`` of them.

    The trainer walks hash maps in random order: sums differ in their last digits, and the characters that it
    adds in the end, because pieces must spell everything, get scores that fall by 0.0001 in random order. It
    also overshoots a size that leaves little room beside the characters.
    """
    lowest = min(score for _, score in vocabulary)
    added = {
        piece for piece, score in vocabulary if len(piece) == 1 and score < lowest + 0.0001 * len(vocabulary)
    }
    scores = {piece: round(lowest if piece in added else score, 6) for piece, score in vocabulary}
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    joined = [piece for piece, _ in ranked if len(piece) > 1]
    dropped = set(joined[max(0, pieces - len(ranked) + len(joined)) :])
    return [(piece, score) for piece, score in ranked if piece not in dropped]


def _assemble(pieces: Sequence[Piece], pattern: str) -> PreTrainedTokenizerFast:
    vocabulary = [*((name, 0.0) for name in SPECIALS), *((byte, _BYTE_SCORE) for byte in _BYTES), *pieces]
    backend = Tokenizer(models.Unigram(vocabulary, unk_id=SPECIALS.index(UNK), byte_fallback=True))
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), "isolated")
    backend.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    backend.post_processor = processors.TemplateProcessing(
        single=f"$A {EOS}", pair=f"$A {EOS} $B {EOS}", special_tokens=[(EOS, SPECIALS.index(EOS))]
    )
    backend.add_special_tokens(list(SPECIALS))
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token=PAD,
        eos_token=EOS,
        unk_token=UNK,
        bos_token=BOS,
        clean_up_tokenization_spaces=False,
        split_special_tokens=True,
    )
