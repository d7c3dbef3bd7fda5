"""The home screen: every run under the roots."""

from slt_tui.screens.runs.screen import RunsScreen

__all__ = ["RunsScreen"]
