"""Preferences: the theme and the user's own keys, in workbench.yaml; a damaged file is said, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from slt_engine.run.files import replace_file
from slt_tui.user_files import config_home

DARK, LIGHT = "slt-dark", "slt-light"


@dataclass(frozen=True)
class Preferences:
    """``keys`` maps an action, such as ``runs.stop_runs``, to the keys that call it, separated by commas."""

    theme: str = DARK
    keys: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def preferences_file() -> Path:
    """Where the preferences lie."""
    return config_home() / "workbench.yaml"


def read_preferences() -> Preferences:
    """What the file says; of what is wrong with it, ``problems`` tells, a line each."""
    document, problem = _read(path := preferences_file())
    if problem:
        return Preferences(problems=(f"{path}: {problem}",))
    problems = [f"{path}: {name}: no such preference" for name in document if name not in ("theme", "keys")]
    theme, keys = document.get("theme", DARK), document.get("keys") or {}
    if not isinstance(theme, str):
        problems.append(f"{path}: theme: must be a name")
        theme = DARK
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        problems.append(f"{path}: keys: must map actions to keys, such as runs.stop_runs: x")
        keys = {}
    return Preferences(theme, {str(action): key for action, key in keys.items()}, tuple(problems))


def keep_theme(theme: str) -> None:
    """Write the theme down; a file that cannot be read stays as it is. Raises OSError."""
    import yaml

    document, problem = _read(path := preferences_file())
    if problem or document.get("theme", DARK) == theme:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, yaml.safe_dump({**document, "theme": theme}, sort_keys=False).encode())


def with_theme(preferences: Preferences, known: Mapping[str, object]) -> Preferences:
    """The same, with the default where the theme is not known."""
    if preferences.theme in known:
        return preferences
    problem = f"{preferences_file()}: theme {preferences.theme}: no such theme; ctrl+p lists them"
    return replace(preferences, theme=DARK, problems=(*preferences.problems, problem))


def _read(path: Path) -> tuple[dict[str, Any], str]:
    if not path.is_file():
        return {}, ""
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        return {}, f"cannot be read ({str(error).splitlines()[0]}); mend it or remove it"
    if document is None:
        return {}, ""
    return (document, "") if isinstance(document, dict) else ({}, "must be a mapping of preferences")
