"""The run screen: one run, live."""

from slt_tui.screens.run.screen import RunScreen

__all__ = ["RunScreen"]
