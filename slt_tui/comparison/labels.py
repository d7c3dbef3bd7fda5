"""What runs are called side by side: their names, and as much of the path as tells two of one name apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def labels(paths: Sequence[Path]) -> list[str]:
    """A label a path, each another where the paths are."""
    parts = [path.absolute().parts for path in paths]
    return [_shortest(mine, [other for other in parts if other != mine]) for mine in parts]


def _shortest(mine: tuple[str, ...], others: Sequence[tuple[str, ...]]) -> str:
    for count in range(1, len(mine) + 1):
        tail = mine[-count:]
        if all(other[-count:] != tail for other in others):
            return "/".join(tail)
    return "/".join(mine)
