"""ConfigError: what is wrong with the settings, every problem in one line."""

from __future__ import annotations

from collections.abc import Iterable


class ConfigError(Exception):
    """Settings that cannot be used; ``problems`` holds one line each, naming source, key and remedy."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))
