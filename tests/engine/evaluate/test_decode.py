"""Free-running decoding: glosses from CTC, text from the decoder, one encoding for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from slt_engine.batch import Batch, Encoded
from slt_engine.evaluate.decode import DecodeOptions, greedy_ctc, name_glosses, translate
from slt_engine.model.translator import SignTranslator
from tests.engine.model.small import GLOSSES, TOKENS, only, small_batch, small_translator

OPTIONS = DecodeOptions(num_beams=1, ctc_num_beams=1, length_penalty=1.0, max_new_tokens=8)
NAMES = ["<blank>", *(f"GLOSS {label}" for label in range(1, GLOSSES))]


@pytest.fixture(name="tokenizer", scope="module")
def letter_tokenizer() -> PreTrainedTokenizerFast:
    """Ids 0 to 3 are special, the rest are letters."""
    words = ["<pad>", "</s>", "<unk>", "<s>", *(chr(ord("a") + i) for i in range(TOKENS.size - 4))]
    backend = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", bos_token="<s>"
    )


@pytest.fixture(name="model")
def random_model() -> SignTranslator:
    torch.manual_seed(0)
    return small_translator()


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ([0, 0, 0], []),
        ([2, 2, 2], [2]),
        ([0, 2, 2, 0, 2], [2, 2]),
        ([1, 2, 1], [1, 2, 1]),
        ([3, 0, 0, 3, 3, 4], [3, 3, 4]),
    ],
)
def test_repeats_merge_and_blanks_part_them(path: Sequence[int], labels: Sequence[int]) -> None:
    logits_BTG = torch.nn.functional.one_hot(torch.tensor([path]), 5).float()

    assert greedy_ctc(logits_BTG, torch.ones(1, len(path), dtype=torch.bool)) == [list(labels)]


def test_padding_frames_are_not_decoded() -> None:
    logits_BTG = torch.nn.functional.one_hot(torch.tensor([[1, 2, 3], [1, 2, 3]]), 5).float()
    mask_BT = torch.tensor([[True, True, False], [True, True, True]])

    assert greedy_ctc(logits_BTG, mask_BT) == [[1, 2], [1, 2, 3]]


def test_a_label_beyond_the_names_is_its_number() -> None:
    assert name_glosses([[1, 9]], NAMES) == [("GLOSS 1", "<9>")]


def test_every_clip_is_translated_in_order(model: SignTranslator, tokenizer: PreTrainedTokenizerFast) -> None:
    batches = [small_batch(), small_batch([4, 4], seed=1)]

    translations = translate(model, batches, tokenizer=tokenizer, gloss_names=NAMES, options=OPTIONS)

    assert [t.clip_id for t in translations] == ["clip0", "clip1", "clip2", "clip0", "clip1"]
    assert [t.reference for t in translations[:3]] == ["text 0", "text 1", "text 2"]
    assert batches[0].glosses_BG is not None
    assert translations[0].gloss_reference == (NAMES[int(batches[0].glosses_BG[0, 0])],)
    assert not any("<" in t.hypothesis for t in translations)


def test_a_clip_is_translated_alike_alone_and_in_a_batch(
    model: SignTranslator, tokenizer: PreTrainedTokenizerFast
) -> None:
    batch = small_batch()

    together = translate(model, [batch], tokenizer=tokenizer, gloss_names=NAMES, options=OPTIONS)
    alone = translate(
        model,
        [only(batch, clip) for clip in range(3)],
        tokenizer=tokenizer,
        gloss_names=NAMES,
        options=OPTIONS,
    )

    assert alone == together


def test_a_search_with_beams_finds_glosses_that_the_best_path_misses(
    model: SignTranslator, tokenizer: PreTrainedTokenizerFast
) -> None:
    batch, wide = small_batch([16] * 8), replace(OPTIONS, ctc_num_beams=8)

    greedy, searched = (
        translate(model, [batch], tokenizer=tokenizer, gloss_names=NAMES, options=options)
        for options in (OPTIONS, wide)
    )

    assert [t.hypothesis for t in searched] == [t.hypothesis for t in greedy]
    assert [t.gloss_hypothesis for t in searched] != [t.gloss_hypothesis for t in greedy]


def test_a_batch_is_encoded_once_and_the_model_is_left_as_it_was(
    model: SignTranslator, tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[bool] = []
    encode = model.encode

    def watch(batch: Batch) -> Encoded:
        modes.append(model.training)
        return encode(batch)

    monkeypatch.setattr(model, "encode", watch)
    model.train()

    translate(model, [small_batch()], tokenizer=tokenizer, gloss_names=NAMES, options=OPTIONS)

    assert modes == [False]
    assert model.training


def test_a_model_without_glosses_translates_without_them(tokenizer: PreTrainedTokenizerFast) -> None:
    model = small_translator(encoder=None, pose=True)

    translations = translate(model, [small_batch()], tokenizer=tokenizer, gloss_names=[], options=OPTIONS)

    assert {t.gloss_hypothesis for t in translations} == {()}
