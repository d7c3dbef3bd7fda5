"""The form that was not launched: kept as its command line, so that a lost connection loses nothing."""

from __future__ import annotations

import contextlib

from slt_tui.form.command import command_line
from slt_tui.form.state import FormState
from slt_tui.user_files import state_home


def keep_draft(state: FormState) -> None:
    """Write it down; where that cannot be done there is none."""
    path = state_home() / "draft"
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{command_line(state)}\n", encoding="utf-8")


def read_draft() -> str:
    """Its command line; empty where there is none."""
    try:
        return (state_home() / "draft").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def forget_draft() -> None:
    """It was launched, or left on purpose."""
    with contextlib.suppress(OSError):
        (state_home() / "draft").unlink(missing_ok=True)
