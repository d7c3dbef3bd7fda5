"""Initial weights: a checkpoint's whole model, or as much of a pretrained one as fits, the rest left fresh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from slt_engine.checkpoint import CheckpointError, load_weights
from slt_engine.config import Config
from slt_engine.config.initial import Start, find_start, where_looked
from slt_engine.model.mska.growth import enlarge_weights
from slt_engine.model.mska.published import translate_published
from slt_engine.reporter import Listener
from slt_engine.run.directory import RunDir

WRAPPERS = ("averaged", "model", "model_state_dict", "model_state", "state_dict", "weights")
"""Keys under which programs keep a model's weights; ours scores the averaged ones where it has some."""

PARTS = {"encoder": "", "decoder": "decoder."}
"""Keys under which single_signer keeps its two halves, and what their names begin with here."""

PREFIXES = ("module.", "_orig_mod.")
"""What wrappers of a model put before its names."""


def start_from(model: nn.Module, config: Config, run: RunDir, reporter: Listener) -> None:
    """Give ``model`` the initial weights that the settings name or that are found; the log says which.

    Raises CheckpointError for a file that cannot be read, or that was asked for and does not fit at all.
    """
    cwd = (run.read_config().get("about") or {}).get("cwd") or Path.cwd()
    start = find_start(config, Path(cwd))
    if start is None:
        if config.model.pretrained != "none":
            reporter.note(f"fresh weights: no single_signer file in {where_looked()}")
    elif start.whole:
        for note in load_weights(model, read_weights(start.path), start.path):
            reporter.warn(note)
        reporter.note(f"initial weights: every one from {start.path}")
    else:
        _load_what_fits(model, start, reporter)


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint by their names in the model, read without running any code from it.

    Raises CheckpointError.
    """
    if not path.is_file():
        raise CheckpointError(f"{path}: no such checkpoint")
    try:
        if path.suffix == ".safetensors":
            return translate_published(_plain_names(load_file(path)))
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file makes either reader raise nearly anything
        said = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise CheckpointError(f"{path}: not a readable checkpoint ({said})") from error
    tensors = _plain_names(_unwrap(stored)) if isinstance(stored, Mapping) else {}
    if not tensors:
        raise CheckpointError(f"{path}: holds no weights")
    return translate_published(tensors)


def _load_what_fits(model: nn.Module, start: Start, reporter: Listener) -> None:
    try:
        own = model.state_dict()
        theirs, notes = enlarge_weights(read_weights(start.path), own)
    except CheckpointError as error:
        raise CheckpointError(f"{error}; --pretrained none goes on without") from error
    fitting = {name: theirs[name] for name in own if name in theirs and theirs[name].shape == own[name].shape}
    if not fitting:
        said = f"{start.path}: none of its {len(theirs)} tensors has the name and the shape of one of this model's"
        if start.asked:
            raise CheckpointError(f"{said}; --pretrained none goes on without")
        reporter.warn(f"{said}; the weights are fresh")
        return
    model.load_state_dict(fitting, strict=False)
    for note in notes:
        reporter.warn(f"{start.path}: {note}")
    shared = len(theirs.keys() & own.keys())
    reporter.note(
        f"initial weights: {len(fitting)} of {len(own)} tensors from {start.path} ({start.source}); "
        f"{len(own) - len(fitting)} stay fresh, {shared - len(fitting)} of them of another shape there; "
        f"{len(theirs) - shared} of the file's are not in this model"
    )


def _unwrap(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The names of weights, whatever they were put into."""
    halves = {key: stored[key] for key in PARTS if isinstance(stored.get(key), Mapping)}
    if halves:
        return {
            f"{PARTS[key]}{name}": value
            for key, half in halves.items()
            for name, value in _unwrap(half).items()
        }
    inner = next((stored[key] for key in WRAPPERS if isinstance(stored.get(key), Mapping)), None)
    return dict(stored) if inner is None else _unwrap(inner)


def _plain_names(values: Mapping[str, Any]) -> dict[str, Tensor]:
    return {
        _without(str(name), PREFIXES): value for name, value in values.items() if isinstance(value, Tensor)
    }


def _without(name: str, prefixes: Iterable[str]) -> str:
    while prefix := next((prefix for prefix in prefixes if name.startswith(prefix)), ""):
        name = name.removeprefix(prefix)
    return name
