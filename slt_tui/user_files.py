"""What a user keeps beside the projects: preferences and presets in XDG_CONFIG_HOME, drafts in XDG_STATE_HOME."""

from __future__ import annotations

import os
from pathlib import Path


def config_home() -> Path:
    """Where preferences, keys and presets of the user lie; it may not exist."""
    return _home("XDG_CONFIG_HOME", ".config")


def state_home() -> Path:
    """Where what should outlive a lost connection lies; it may not exist."""
    return _home("XDG_STATE_HOME", ".local/state")


def _home(variable: str, otherwise: str) -> Path:
    named = os.environ.get(variable, "")
    return (Path(named) if named.startswith("/") else Path.home() / otherwise) / "slt"
