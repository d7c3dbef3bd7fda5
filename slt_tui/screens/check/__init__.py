"""The check screen: what is wrong with a data set, kind by kind, and what to do about it."""

from slt_tui.screens.check.screen import CheckScreen

__all__ = ["CheckScreen"]
