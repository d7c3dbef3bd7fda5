"""What a run is: settings, presets and how they are put together. No torch, no numpy.

Names load when they are first used, so that a command that only lists runs does not pay for pydantic.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from slt_engine.config.errors import ConfigError
from slt_engine.config.layers import Layer, document_layer, flag_layers, load_config_document, set_layers

if TYPE_CHECKING:
    from slt_engine.config.about import describe_origin
    from slt_engine.config.augment import normalise_mix_spec
    from slt_engine.config.config import Config, Derived
    from slt_engine.config.knob import Knob, knobs, knobs_by_key
    from slt_engine.config.paths import check_paths
    from slt_engine.config.presets import Preset, list_presets, load_preset, preset_layer, resolve_preset
    from slt_engine.config.record import RESUMABLE, config_document, config_from_document, resume_config
    from slt_engine.config.resolution import Override, Resolved, resolve

__all__ = [
    "RESUMABLE",
    "Config",
    "ConfigError",
    "Derived",
    "Knob",
    "Layer",
    "Override",
    "Preset",
    "Resolved",
    "check_paths",
    "config_document",
    "config_from_document",
    "describe_origin",
    "document_layer",
    "flag_layers",
    "knobs",
    "knobs_by_key",
    "list_presets",
    "load_config_document",
    "load_preset",
    "normalise_mix_spec",
    "preset_layer",
    "resolve",
    "resolve_preset",
    "resume_config",
    "set_layers",
]

_HOME = {
    "about": ("describe_origin",),
    "augment": ("normalise_mix_spec",),
    "config": ("Config", "Derived"),
    "knob": ("Knob", "knobs", "knobs_by_key"),
    "paths": ("check_paths",),
    "presets": ("Preset", "list_presets", "load_preset", "preset_layer", "resolve_preset"),
    "record": ("RESUMABLE", "config_document", "config_from_document", "resume_config"),
    "resolution": ("Override", "Resolved", "resolve"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
