"""Whether what the settings point at is there: asked at launch, never when somebody else's run is opened."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from slt_engine.config.config import Config
from slt_engine.config.errors import Problem
from slt_engine.config.home import expanded
from slt_engine.config.knob import Knob, knobs


def check_paths(config: Config, origin: Mapping[str, str] | None = None) -> list[str]:
    """One line for each file or directory that is named and absent; ``origin`` adds who named it."""
    return [str(problem) for problem in find_absent(config, origin)]


def find_absent(config: Config, origin: Mapping[str, str] | None = None) -> list[Problem]:
    """The same as problems of the settings that name them; a package that a setting needs counts too."""
    found = {
        knob.key: message
        for knob in knobs()
        if (message := _problem(getattr(getattr(config, knob.section), knob.name), knob))
    }
    if config.training.tensorboard and (message := tensorboard_missing()):
        found["training.tensorboard"] = message
    return [Problem(message, (key,), (origin or {}).get(key, "")) for key, message in found.items()]


def tensorboard_missing() -> str | None:
    """What to do where TensorBoard is not installed; None where it is."""
    if find_spec("tensorboard") is None:
        return "TensorBoard is not installed: pip install 'slt-workbench[tensorboard]'"
    return None


def _problem(value: object, knob: Knob) -> str | None:
    if isinstance(value, str) and knob.kind == "name or path" and _is_surely_a_path(value):
        return None if expanded(value).exists() else f"{value}: no such file or directory"
    if isinstance(value, str) and knob.kind == "backbone spec" and value.startswith("file:"):
        path = Path(value.removeprefix("file:"))
        return None if path.is_file() else f"{path}: {_absence(path, 'file')}"
    if not isinstance(value, Path):
        return None
    if knob.kind == "directory":
        return None if value.is_dir() else f"{value}: {_absence(value, 'directory')}"
    if knob.kind == "file":
        return None if value.is_file() else f"{value}: {_absence(value, 'file')}"
    return f"{value}: is not a directory" if value.exists() and not value.is_dir() else None


def _is_surely_a_path(value: str) -> bool:
    """A name on the Hugging Face hub begins with no dot, slash or tilde, and is no YAML file."""
    return value.startswith((".", "/", "~")) or value.endswith((".yaml", ".yml"))


def _absence(path: Path, kind: str) -> str:
    return f"is not a {kind}" if path.exists() else f"no such {kind}"
