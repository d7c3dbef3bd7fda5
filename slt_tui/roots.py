"""Where runs are looked for: --root, else SLT_ROOTS, else work_dirs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from slt_engine.config.home import expanded

DEFAULT = "work_dirs"
VARIABLE = "SLT_ROOTS"


def roots(given: Sequence[Path] | None = None) -> list[Path]:
    """The directories under which runs are listed and named."""
    if given:
        return list(given)
    named = [name for name in os.environ.get(VARIABLE, "").split(os.pathsep) if name]
    return [expanded(name) for name in named or [DEFAULT]]
