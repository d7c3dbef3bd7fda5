"""Validation: losses under teacher forcing, scores from free-running decoding, translations to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from accelerate import Accelerator
from torch import nn
from transformers import PreTrainedTokenizerBase

from slt_engine.batch import Batch
from slt_engine.evaluate.decode import DecodeOptions, Translation, translate
from slt_engine.evaluate.metrics import score
from slt_engine.features import with_features
from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.translator import SignTranslator
from slt_engine.train.observer import Observer
from slt_engine.train.processes import Processes
from slt_engine.train.tally import Tally

SAMPLES = 8  # translations of the same clips that events.jsonl keeps of every decoded epoch


@dataclass(frozen=True)
class Validation:
    """What a validation needs; ``batches`` and ``decoded_batches`` read this process's share of the split anew."""

    model: nn.Module
    accelerator: Accelerator
    processes: Processes
    weights: LossWeights
    batches: Callable[[], Iterator[Batch]]
    decoded_batches: Callable[[], Iterator[Batch]]
    sampled_clips: Sequence[str]
    tokenizer: PreTrainedTokenizerBase
    gloss_names: Sequence[str]
    options: DecodeOptions


def validate(validation: Validation, observer: Observer, *, decoded: bool) -> dict[str, Any] | None:
    """Losses, and with ``decoded`` text scores; None when the run was asked to stop before they were all there."""
    scores = validation_losses(validation, observer)
    if scores is not None and decoded:
        translations = decode(validation, observer)
        if translations is None:
            return None
        result = score(translations)
        scores |= {**result.values, "signatures": result.signatures, "clips_decoded": len(translations)}
        _keep_samples(validation, translations, observer)
    return scores


@torch.no_grad()
def validation_losses(validation: Validation, observer: Observer) -> dict[str, Any] | None:
    """Loss terms and perplexity over the split, teacher forced; None when interrupted."""
    validation.model.eval()
    model = validation.accelerator.unwrap_model(validation.model)
    tally = Tally()
    for batch in validation.batches():
        if validation.processes.hears_stop(observer):
            break
        batch = with_features(model, batch.to(validation.accelerator.device))
        with validation.accelerator.autocast():
            losses = compute_losses(validation.model(batch), batch, validation.weights)
        tally.add(batch, losses)
    if validation.processes.stop(observer):
        return None
    tally.add_up(validation.processes)
    return {**tally.terms(), "perplexity": tally.perplexity}


def decode(validation: Validation, observer: Observer) -> list[Translation] | None:
    """Free-running translations of the decoded clips; None when interrupted."""
    with validation.accelerator.autocast():
        translations = translate(
            cast("SignTranslator", validation.accelerator.unwrap_model(validation.model)),
            _until_stopped(validation, observer),
            tokenizer=validation.tokenizer,
            gloss_names=validation.gloss_names,
            options=validation.options,
        )
    if validation.processes.stop(observer):
        return None
    return [translation for share in validation.processes.gather(translations) for translation in share]


def _until_stopped(validation: Validation, observer: Observer) -> Iterator[Batch]:
    for batch in validation.decoded_batches():
        if validation.processes.hears_stop(observer):
            return
        yield batch


def _keep_samples(validation: Validation, translations: Sequence[Translation], observer: Observer) -> None:
    by_clip = {translation.clip_id: translation for translation in translations}
    for clip_id in validation.sampled_clips:
        sample = by_clip[clip_id]
        glosses = {
            "gloss_reference": " ".join(sample.gloss_reference),
            "gloss_hypothesis": " ".join(sample.gloss_hypothesis),
        }
        observer.event(
            "sample",
            clip_id=clip_id,
            reference=sample.reference,
            hypothesis=sample.hypothesis or "",
            **(glosses if sample.gloss_reference else {}),
        )
