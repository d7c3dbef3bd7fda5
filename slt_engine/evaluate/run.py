"""Scoring a run's checkpoint on lists of clips: eval/<name>.json with scores and translations."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from slt_engine.checkpoint import CheckpointError, load_checkpoint, load_weights, scored_weights
from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import Space
from slt_engine.clips.layout_record import layout_of_record
from slt_engine.config import Config, ConfigError, config_from_document, set_layers
from slt_engine.config.home import cache_home
from slt_engine.config.perturbation import perturb, perturbation, report_name
from slt_engine.data.batches import Plan, plan_batches
from slt_engine.data.feature_cache import features_home
from slt_engine.data.loader import batches
from slt_engine.data.packing import packs_home, read_packed
from slt_engine.data.splits import open_split
from slt_engine.device import DeviceError, open_accelerator
from slt_engine.evaluate.decode import DecodeOptions, Translation, translate
from slt_engine.evaluate.metrics import score
from slt_engine.features import feature_caches
from slt_engine.model.build import build_model
from slt_engine.model.build_frames import outlined
from slt_engine.model.errors import ModelError
from slt_engine.opening import let_own_classes_be_found, present_source, run_tokenizer, training_changes
from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.files import read_json, replace_json

USER_ERRORS = (DataError, ModelError, DeviceError, CheckpointError, ConfigError, RunError)


def evaluate(path: Path, *, indexes: Sequence[Path], checkpoint: str, perturbed: Sequence[str] = ()) -> int:
    """Score ``best`` or ``last`` of the run in ``path`` on each index; the exit code is 1 when one cannot be.

    ``perturbed`` are KEY=VALUE pairs of the ranges by which clips are changed, by the seed and the clip alone.
    """
    try:
        run = RunDir.open(path)
        config = perturb(config_from_document(run.read_config()), set_layers(perturbed)).config
        for index in indexes:
            _evaluate_index(run, config, index, run.best if checkpoint == "best" else run.last)
    except (*USER_ERRORS, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _evaluate_index(run: RunDir, config: Config, index: Path, checkpoint: Path) -> None:
    began = time.time()
    state = load_checkpoint(checkpoint)
    tokenizer = run_tokenizer(run, config)
    space = Space(*state["keypoint_space"]) if state.get("keypoint_space") else None
    layout = layout_of_record(state["layout"]) if state.get("layout") else None
    source = present_source(config, layout=layout, notice=_tell)
    dataset = open_split(source, index, tokenizer=tokenizer, space=space)
    dataset = read_packed(dataset, packs_home(cache_home()))
    gloss_names: list[str] = read_json(run.glosses) or []
    let_own_classes_be_found(run)
    model = build_model(
        config,
        layout=dataset.layout or layout,
        tokenizer=tokenizer,
        gloss_names=gloss_names,
        notice=_be_quiet,
        open_backbone=outlined,
    )
    for note in load_weights(model, scored_weights(state), checkpoint):
        _tell(note)
    accelerator = open_accelerator(config.training.device, config.training.precision, notice=_be_quiet)
    model.to(accelerator.device)
    dataset = dataset.with_features(feature_caches(model, home=features_home(cache_home()), warn=_tell))
    changes = training_changes(config, epoch=0)
    with accelerator.autocast():
        translations = translate(
            model,
            batches(
                dataset,
                _plan(changes.lengths(dataset), config),
                num_workers=config.data.num_workers,
                changes=changes,
            ),
            tokenizer=tokenizer,
            gloss_names=gloss_names,
            options=_options(config),
        )
    places = {clip.clip_id: place for place, clip in enumerate(dataset.clips)}
    translations.sort(key=lambda translation: places[translation.clip_id])
    report = _report(index, checkpoint, state, translations) | {
        "perturbation": perturbation(config),
        "seconds": time.time() - began,
    }
    run.evals.mkdir(exist_ok=True)
    replace_json(run.evals / report_name(index.stem, config), report)


def _plan(lengths: Sequence[int], config: Config) -> Plan:
    return plan_batches(
        lengths,
        batch_size=config.derived().val_batch_size,
        frames_per_batch=config.data.frames_per_batch,
        shuffle=False,
    )


def _options(config: Config) -> DecodeOptions:
    training = config.training
    return DecodeOptions(
        num_beams=training.num_beams,
        ctc_num_beams=training.ctc_num_beams,
        length_penalty=training.length_penalty,
        max_new_tokens=config.derived().max_new_tokens,
    )


def _report(
    index: Path, checkpoint: Path, state: dict[str, Any], translations: Sequence[Translation]
) -> dict[str, Any]:
    result = score(translations)
    return {
        "index": str(index),
        "checkpoint": checkpoint.name,
        "epoch": state["trained_epoch"],
        "step": state["step"],
        "clips": len(translations),
        "scores": result.values,
        "signatures": result.signatures,
        "translations": [asdict(translation) for translation in translations],
    }


def _tell(message: str) -> None:
    print(message, file=sys.stderr)


def _be_quiet(_: str) -> None:
    pass
