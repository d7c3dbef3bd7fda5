"""Paths that may begin with ~."""

from __future__ import annotations

import os
from pathlib import Path


def expanded(value: str | Path) -> Path:
    """The path with ~ and ~user written out; pathlib's own raises where there is no such user, this keeps it."""
    return Path(os.path.expanduser(value))  # noqa: PTH111


def cache_home() -> Path:
    """Where what can be made again is kept between runs: SLT_CACHE, else slt in XDG_CACHE_HOME, else ~/.cache/slt."""
    if own := os.environ.get("SLT_CACHE"):
        return expanded(own)
    return expanded(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "slt"
