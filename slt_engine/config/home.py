"""Paths that may begin with ~."""

from __future__ import annotations

import os
from pathlib import Path


def expanded(value: str | Path) -> Path:
    """The path with ~ and ~user written out; pathlib's own raises where there is no such user, this keeps it."""
    return Path(os.path.expanduser(value))  # noqa: PTH111
