"""The screen that holds runs side by side."""

from slt_tui.screens.compare.screen import CompareScreen

__all__ = ["CompareScreen"]
