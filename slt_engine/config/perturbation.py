"""The perturbation of an evaluation: keypoint ranges that are typed for it, whatever the run was trained with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from slt_engine.config.config import Config
from slt_engine.config.errors import ConfigError, Problem
from slt_engine.config.layers import Layer, document_layer
from slt_engine.config.resolution import Resolved, resolve

RANGES = (
    "data.keypoint_scale_range",
    "data.keypoint_translate_range",
    "data.keypoint_rotate_range",
    "data.keypoint_resample_range",
)
CENTRE, SEED = "data.keypoint_normalize_center", "training.seed"
PERTURBING = (*RANGES, CENTRE, SEED)
"""Settings that an evaluation takes."""

_UNCHANGED: dict[str, Any] = {**dict.fromkeys(RANGES), "data.flip_probability": 0, "data.mix_streams": {}}


def perturb(config: Config, layers: Iterable[Layer] = ()) -> Resolved:
    """The settings of a run to score it with: its clips are changed as ``layers`` say, and not without them.

    The centre and the seed are the run's unless they are typed. Raises ConfigError.
    """
    layers = list(layers)
    typed = {key: layer.source for layer in layers for key in layer.values}
    refused = [
        Problem(f"an evaluation takes only {', '.join(PERTURBING)}", (key,), source)
        for key, source in typed.items()
        if key not in PERTURBING
    ]
    if refused:
        raise ConfigError(refused)
    resolved = resolve([document_layer(config.sections(), "the run"), Layer("the run", _UNCHANGED), *layers])
    if typed and perturbation(resolved.config) is None:
        ranges = " or ".join(key.partition(".")[2] for key in RANGES)
        raise ConfigError(
            [Problem(f"does nothing alone; give {ranges}", tuple(typed), next(iter(typed.values())))]
        )
    return resolved


def perturbation(config: Config) -> dict[str, Any] | None:
    """What of perturbed settings changes clips, by name; None where nothing does."""
    values = config.values()
    ranges = {key: values[key] for key in RANGES if values[key] is not None}
    if not ranges:
        return None
    return {
        key.partition(".")[2]: value
        for key, value in {**ranges, CENTRE: values[CENTRE], SEED: values[SEED]}.items()
    }


def report_name(stem: str, config: Config) -> str:
    """The file in eval/ of a score on the index ``stem``: what was perturbed does not replace what was not."""
    return f"{stem}.json" if perturbation(config) is None else f"{stem}.perturbed.json"
