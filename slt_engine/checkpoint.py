"""last.pt and best.pt: written beside and renamed, read with weights_only, and the random state they carry."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from slt_engine.model.mska.growth import enlarge_weights
from slt_engine.run.files import replacing, sync_directory

FORMAT = 1


class CheckpointError(Exception):
    """A checkpoint cannot be read or written; the message says which and what to do."""


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Replace ``path`` atomically by ``state`` (tensors, numbers, text and plain containers only).

    Raises CheckpointError when the disk refuses; the file that was there before stays whole.
    """
    try:
        with replacing(path) as file:
            torch.save({"format": FORMAT, **state}, file)
    except (OSError, RuntimeError) as error:
        kept = "the checkpoint before it is whole: free space, then resume"
        left = kept if path.exists() else "nothing was saved: free space, then start anew"
        raise CheckpointError(f"{path}: cannot be written ({_one_line(error)}); {left}") from error


def keep_as_best(last: Path, best: Path) -> None:
    """Make ``best`` the same file as ``last``: a hard link, or a copy where the file system has none."""
    beside = best.with_name(best.name + ".tmp")
    beside.unlink(missing_ok=True)
    try:
        beside.hardlink_to(last)
    except OSError:
        shutil.copyfile(last, beside)
    beside.replace(best)
    sync_directory(best.parent)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the CPU without running any code from it.

    Raises CheckpointError when it is missing, torn, or not one of ours.
    """
    if not path.is_file():
        raise CheckpointError(f"{path}: no such checkpoint")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file makes torch's reader raise nearly anything
        best = path.with_name("best.pt")
        hint = f"; {best} may be: start a new run with --init-checkpoint {best}" if best != path else ""
        raise CheckpointError(f"{path}: not a readable checkpoint ({_one_line(error)}){hint}") from error
    if not isinstance(state, dict) or "model" not in state:
        raise CheckpointError(f"{path}: holds no model weights under the key 'model'")
    return cast("dict[str, Any]", state)


def scored_weights(state: dict[str, Any]) -> dict[str, torch.Tensor]:
    """The weights that a run's scores belong to: the averaged ones where it keeps some, else those it trains on."""
    return cast("dict[str, torch.Tensor]", state.get("averaged") or state["model"])


def load_weights(model: torch.nn.Module, weights: dict[str, torch.Tensor], source: Path) -> list[str]:
    """Load ``weights`` into ``model``; every key must fit, or CheckpointError tells the first that do not.

    Streams of keypoints may have had fewer joints: the lines that come back say which.
    """
    own = model.state_dict()
    weights, notes = enlarge_weights(weights, own)
    odd = [f"{k} is missing" for k in own if k not in weights]
    odd += [f"{k} is not in this model" for k in weights if k not in own]
    odd += [
        f"{k} has shape {tuple(weights[k].shape)}, here {tuple(own[k].shape)}"
        for k in own
        if k in weights and weights[k].shape != own[k].shape
    ]
    if odd:
        more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
        raise CheckpointError(f"{source}: does not fit this model: {'; '.join(odd[:3])}{more}")
    model.load_state_dict(weights)
    return [f"{source}: {note}" for note in notes]


def _one_line(error: Exception) -> str:
    """What happened, without what torch adds for its own developers."""
    if "enforce fail" in str(error) or "unexpected pos" in str(error):
        return "no space left, or a limit on the size of files"
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


def random_state() -> dict[str, Any]:
    """The state of Python's, NumPy's and torch's generators, as tensors and builtins."""
    version, internal, gauss = random.getstate()
    kind, keys, position, has_gauss, cached = np.random.get_state(legacy=True)
    return {
        "python": [version, list(internal), gauss],
        "numpy": [str(kind), [int(key) for key in keys], int(position), int(has_gauss), float(cached)],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def restore_random_state(state: dict[str, Any]) -> None:
    """Put the generators back to where ``random_state`` found them."""
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    kind, keys, position, has_gauss, cached = state["numpy"]
    np.random.set_state((kind, np.asarray(keys, dtype=np.uint32), position, has_gauss, cached))
    torch.set_rng_state(state["torch"])
    if state["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"])
