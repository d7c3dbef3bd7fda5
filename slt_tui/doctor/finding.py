"""Finding: what one check of the doctor has to say."""

from __future__ import annotations

from typing import Literal, NamedTuple

State = Literal["ok", "off", "warn", "fail"]  # off: not there, and not needed


class Finding(NamedTuple):
    """One row: what was looked at, how it is, what was found, and what to do about it."""

    check: str
    state: State
    what: str
    fix: str = ""
