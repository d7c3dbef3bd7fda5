"""ModelError: what a user asked for that no model can be built or run from."""

from __future__ import annotations


class ModelError(Exception):
    """One line: what, where, what to do."""
