"""A log on the screen: its tail as it grows, any part of it, and what is searched in it."""

from slt_tui.widgets.log_view.panel import LogPanel
from slt_tui.widgets.log_view.view import LogView

__all__ = ["LogPanel", "LogView"]
