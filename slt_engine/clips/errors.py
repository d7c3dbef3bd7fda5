"""DataError: what is wrong with a user's data, said in one line."""

from __future__ import annotations


class DataError(Exception):
    """A file or row that cannot be used: which one, what is wrong, what to do."""
