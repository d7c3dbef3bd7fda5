"""Paths that begin as what was typed, as a shell completes them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from slt_engine.config.home import expanded

_MOST = 500  # entries of a directory that are looked at


def complete_path(typed: str, *, directories_only: bool = False) -> list[str]:
    """What could stand there, directories with a slash at their end, in order; hidden ones when asked for."""
    folder, _, start = typed.rpartition("/")
    place = expanded(f"{folder}/" if "/" in typed else ".")
    found = []
    try:
        with os.scandir(place) as entries:
            for _number, entry in zip(range(_MOST), entries, strict=False):
                if not entry.name.startswith(start) or (entry.name[0] == "." and start[:1] != "."):
                    continue
                is_folder = entry.is_dir()
                if is_folder or not directories_only:
                    prefix = f"{folder}/" if "/" in typed else ""
                    found.append(f"{prefix}{entry.name}{'/' if is_folder else ''}")
    except OSError:
        return []
    return sorted(found)


def longest_start(candidates: Sequence[str]) -> str:
    """What all candidates begin with."""
    return os.path.commonprefix(list(candidates))  # noqa: RUF071 - characters are meant
