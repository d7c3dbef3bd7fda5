"""ConfigError: what is wrong with the settings, every problem in one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What is wrong with a setting, who said so, and the settings it joins, the one to look at first in front.

    As text it is one line: source, key, message; each where it is known.
    """

    message: str
    keys: tuple[str, ...] = ()
    source: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, *self.keys[:1], self.message) if part)


class ConfigError(Exception):
    """Settings that cannot be used.

    ``problems`` holds one line each, naming source, key and remedy; ``found`` the same with the keys apart.
    """

    def __init__(self, problems: Iterable[str | Problem]) -> None:
        self.found = [one if isinstance(one, Problem) else Problem(one) for one in problems]
        self.problems = list(map(str, self.found))
        super().__init__("\n".join(self.problems))
