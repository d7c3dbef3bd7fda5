"""Whether the terminal draws real pictures, by Kitty's protocol or sixel; told from its names before the app starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

Graphics = Literal["blocks", "kitty", "sixel"]

_KITTY_TERMS = ("xterm-kitty", "xterm-ghostty")
_SIXEL_TERMS = ("foot", "foot-extra", "mlterm", "contour", "xterm-sixel")
_SIXEL_PROGRAMS = ("WezTerm", "iTerm.app", "contour", "mlterm")


def graphics_of(environment: Mapping[str, str] = os.environ) -> Graphics:
    """What the terminal draws pictures with; SLT_PICTURES=blocks, kitty or sixel says otherwise.

    Within tmux and screen, which keep pictures to themselves, it is blocks.
    """
    asked = environment.get("SLT_PICTURES", "").lower()
    if asked in ("blocks", "kitty", "sixel"):
        return asked  # type: ignore[return-value]
    if environment.get("TMUX") or environment.get("STY"):
        return "blocks"
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if term in _KITTY_TERMS or environment.get("KITTY_WINDOW_ID"):
        return "kitty"
    return "sixel" if term in _SIXEL_TERMS or program in _SIXEL_PROGRAMS else "blocks"


def prepare_graphics() -> None:
    """Ask the terminal for the size of its cells while it may still be asked: the app takes its answers over."""
    if graphics_of() != "blocks":
        import textual_image.widget  # noqa: F401
