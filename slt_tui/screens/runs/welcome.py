"""What stands where there are no runs yet: what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text


def welcome(roots: Sequence[Path]) -> Text:
    """A few calm lines."""
    places = ", ".join(map(str, roots))
    return Text.assemble(
        (f"No runs in {places} yet.\n\n", ""),
        *_line("n", "builds one: choose a preset, set what you like, launch"),
        *_line("slt demo", "trains on real signing in a few minutes"),
        *_line("slt open --root DIR", "looks for runs elsewhere"),
    )


def _line(key: str, words: str) -> list[tuple[str, str]]:
    return [(f"  {key:<14}", "bold"), (f"   {words}\n", "")]
