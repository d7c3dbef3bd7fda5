"""Runs of every kind of decoder: trained, resumed where it matters, scored."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import (
    MBartConfig,
    MBartForConditionalGeneration,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from slt_engine.checkpoint import load_checkpoint
from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.run.directory import RunDir
from tests.support.runs import epochs_of, make_run, train_in_process

SHORT = ("training.epochs=1", "data.max_target_length=12", "training.max_train_steps=3")
PROMPT = (
    "model.decoder_prompt_length=6",
    "model.decoder_prompt_init=tokens",
    "model.decoder_prompt_text=traduce",
)


def save_pretrained(kind: str, folder: Path) -> Path:
    """A small model with random weights and a tokenizer that fits it."""
    torch.manual_seed(0)
    tokenizer: PreTrainedTokenizerFast = train_tokenizer(
        ["hola mundo, buenas noches"], vocab_size=300, characters=True
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["es_XX", "en_XX"]})
    ids = {
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    if kind == "t5":
        config = T5Config(
            **ids, d_model=24, d_kv=8, d_ff=32, num_layers=1, num_heads=2, decoder_start_token_id=0
        )
        T5ForConditionalGeneration(config).save_pretrained(folder)
    else:
        heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
        layers = {"encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32}
        config = MBartConfig(**ids, **heads, **layers, d_model=24, max_position_embeddings=192)
        MBartForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("pretrained")
    return {kind: save_pretrained(kind, root / kind) for kind in ("t5", "mbart")}


@pytest.mark.parametrize("kind", ["t5", "mbart"])
def test_a_pretrained_decoder_with_its_encoder_and_a_language_trains(
    kind: str, folders: dict[str, Path], synthetic: Path, tmp_path: Path
) -> None:
    named = (
        f"model.decoder_model={folders[kind]}",
        "model.decoder_encoder=use",
        "model.decoder_language=es_XX",
    )
    run = trained(tmp_path / kind, synthetic, *named)

    weights = load_checkpoint(run.last)["model"]
    assert any(".encoder." in name for name in weights)
    assert epochs_of(run)[0]["val"]["cer"] is not None


def test_a_prompted_t5_says_that_its_text_is_cut_and_keeps_its_vectors(
    synthetic: Path, tmp_path: Path
) -> None:
    run = trained(tmp_path / "prompted", synthetic, *PROMPT, "data.tokenizer_characters=true")

    assert "the prompt's 7 tokens are more than its 6 vectors: the rest is cut" in run.train_log.read_text()
    learnt_ND = load_checkpoint(run.last)["model"]["decoder.prompt.vectors_ND"]
    assert learnt_ND.shape == (6, 32)


def trained(path: Path, synthetic: Path, *pairs: str) -> RunDir:
    run = make_run(path, synthetic, *SHORT, *pairs)
    done = train_in_process(run)
    assert done.returncode == 0, done.stderr
    return run
